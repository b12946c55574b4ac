using Granero.Peers;

namespace Granero.Tests.Support.Peers;

/// <summary>A peer as the grains see it.</summary>
internal sealed class Visitor
{
    private readonly IGrainFactory _grains;
    private readonly string _key;

    public Visitor(PeersCluster peers, string name, string address, string? from = null)
        : this(peers.Grains, name, address, from)
    {
    }

    public Visitor(PeersCluster peers, string name, int number)
        : this(peers.Grains, name, AddressOf(number)) => Number = number;

    public Visitor(IGrainFactory grains, string name, string address, string? from = null)
    {
        if (!PeerAddress.TryParse(address, out var parsed))
            throw new ArgumentException(address, nameof(address));
        (_grains, _key, Name, Address, Caller) = (grains, parsed.Key, name, address, new(from ?? parsed.Ip.ToString()));
    }

    public string Name { get; }

    public string Token { get; } = Guid.NewGuid().ToString();

    public int Number { get; }

    public string Address { get; }

    public Caller Caller { get; }

    public IPeerGrain Peer => _grains.GetGrain<IPeerGrain>(Name);

    private IPeerAddressGrain AddressGrain => _grains.GetGrain<IPeerAddressGrain>(_key);

    /// <summary>The address of the n-th visitor of a crowd.</summary>
    public static string AddressOf(int number) => $"172.20.{number / 250}.{1 + (number % 250)}";

    public Task LogIn(string password = "secret") => Peer.LogIn(new(Address, password, Caller, Caller.HashOf(Token)));

    public Task Index(params string[] files) => AddressGrain.IndexFiles(files, Caller);

    public Task LogOut() => AddressGrain.LogOut(Caller);
}
