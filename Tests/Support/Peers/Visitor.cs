using Granero.Peers;

namespace Granero.Tests.Support.Peers;

/// <summary>A peer as the grains see it.</summary>
internal sealed class Visitor
{
    private readonly IGrainFactory _grains;

    public Visitor(PeersCluster peers, string name, string address, string? from = null)
        : this(peers.Grains, name, address, from)
    {
    }

    public Visitor(PeersCluster peers, string name, int number)
        : this(peers.Grains, name, AddressOf(number)) => Number = number;

    public Visitor(IGrainFactory grains, string name, string address, string? from = null)
    {
        var ip = PeerAddress.TryParse(address, out var parsed) ? parsed.Ip.ToString() : throw new ArgumentException(address, nameof(address));
        (_grains, Name, Address, Caller) = (grains, name, address, new(from ?? ip));
    }

    public string Name { get; }

    public string Token { get; } = Guid.NewGuid().ToString();

    public int Number { get; }

    public string Address { get; }

    public Caller Caller { get; }

    public IPeerGrain Peer => _grains.GetGrain<IPeerGrain>(Name);

    private IPeerAddressGrain AddressGrain => _grains.GetGrain<IPeerAddressGrain>(Address);

    /// <summary>The address of the n-th visitor of a crowd.</summary>
    public static string AddressOf(int number) => $"172.20.{number / 250}.{1 + (number % 250)}";

    public Task LogIn(string password = "secret") => Peer.LogIn(new(Address, password, Caller, Caller.HashOf(Token)));

    public Task Index(params string[] files) => AddressGrain.IndexFiles(files, Caller);

    public Task LogOut() => AddressGrain.LogOut(Caller);
}
