using System.Diagnostics;
using System.Net;

namespace Granero.Tests.EndToEnd;

/// <summary>
/// A network of this machine's own for servers: a namespace for each, joined by a bridge, which is in a namespace too, so that the machine's
/// firewall has no say. Between any two of them the connection can be cut: packets then go to an address that nobody has, in silence,
/// as when a cable is pulled.
/// </summary>
internal sealed class ServerNetwork : IAsyncDisposable
{
    private const string Nobody = "02:00:00:00:00:fe";
    private const string SwitchName = "switch";
    private static int _count;

    private readonly string _id = $"{ProcessGuard.Id}-{Interlocked.Increment(ref _count)}";
    private readonly string _subnet = $"10.{Random.Shared.Next(130, 250)}.{Random.Shared.Next(256)}";
    private readonly string _cable = $"gr{Random.Shared.Next(0x1000000):x6}";
    private readonly List<NetworkPlace> _places = [];

    private ServerNetwork()
    {
    }

    /// <summary>All its addresses, as <c>10.1.2.0/24</c>.</summary>
    public string Subnet => $"{_subnet}.0/24";

    /// <returns>The network; or why there is none: the machine's, or this user's, limits.</returns>
    public static async Task<(ServerNetwork? Network, string WhyNot)> TryCreateAsync()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return (null, "it takes root on Linux to make network namespaces");
        _ = ProcessGuard.Marker;
        var network = new ServerNetwork();
        var failure = await TryAsync(
            $"""
            ip netns add {network.NameOf(SwitchName)}
            ip -n {network.NameOf(SwitchName)} link add bridge type bridge
            ip -n {network.NameOf(SwitchName)} link set bridge up
            ip link add {network._cable} type veth peer name host netns {network.NameOf(SwitchName)}
            ip -n {network.NameOf(SwitchName)} link set host master bridge up
            ip address add {network._subnet}.1/24 dev {network._cable}
            ip link set {network._cable} up
            """);
        if (failure.Length == 0) return (network, "");
        await network.DisposeAsync();
        return (null, failure);
    }

    /// <summary>Another place in the network.</summary>
    /// <param name="name">Not used in it yet.</param>
    public async Task<NetworkPlace> AddAsync(string name)
    {
        var place = new NetworkPlace(NameOf(name), IPAddress.Parse($"{_subnet}.{_places.Count + 10}"));
        await DoAsync(
            $"""
            ip netns add {place.Name}
            ip -n {NameOf(SwitchName)} link add p{_places.Count} type veth peer name eth0 netns {place.Name}
            ip -n {NameOf(SwitchName)} link set p{_places.Count} master bridge up
            ip -n {place.Name} address add {place.Address}/24 dev eth0
            ip -n {place.Name} link set eth0 up
            ip -n {place.Name} link set lo up
            """);
        _places.Add(place);
        return place;
    }

    /// <summary>Gives the place another address, in a network of the machine's own that has a bridge.</summary>
    /// <param name="place">One of this network's.</param>
    /// <param name="bridge">The bridge's name, of 12 characters at most.</param>
    /// <param name="port">Not used on the bridge yet.</param>
    /// <param name="address">With its prefix, as <c>172.18.255.250/16</c>.</param>
    /// <returns>Why it did not work; empty if it did.</returns>
    public static Task<string> TryJoinAsync(NetworkPlace place, string bridge, int port, string address) => TryAsync(
        $"""
        ip link add {bridge}-{port} type veth peer name {bridge} netns {place.Name}
        ip link set {bridge}-{port} master {bridge} up
        ip -n {place.Name} address add {address} dev {bridge}
        ip -n {place.Name} link set {bridge} up
        """);

    /// <summary>From now on neither hears of the other; what else they talk to, they go on talking to.</summary>
    public static Task CutAsync(NetworkPlace one, NetworkPlace other) => DoAsync(
        $"""
        ip -n {one.Name} neighbour replace {other.Address} lladdr {Nobody} dev eth0 nud permanent
        ip -n {other.Name} neighbour replace {one.Address} lladdr {Nobody} dev eth0 nud permanent
        """);

    public static Task JoinAsync(NetworkPlace one, NetworkPlace other) => DoAsync(
        $"""
        ip -n {one.Name} neighbour delete {other.Address} dev eth0
        ip -n {other.Name} neighbour delete {one.Address} dev eth0
        """);

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _places.Select(place => place.Name).Append(NameOf(SwitchName)))
            await TryAsync($"ip netns delete {name}");
    }

    private string NameOf(string place) => $"{_id}-{place}";

    private static async Task DoAsync(string commands)
    {
        var failure = await TryAsync(commands);
        if (failure.Length > 0) throw new InvalidOperationException(failure);
    }

    private static async Task<string> TryAsync(string commands)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", commands]) { RedirectStandardError = true })!;
        var said = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return shell.ExitCode == 0 ? "" : $"ip ended with {shell.ExitCode}: {said.Trim()}";
    }
}
