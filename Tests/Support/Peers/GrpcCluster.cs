using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Support.Peers;

[CollectionDefinition(Name)]
public sealed class GrpcCollection : ICollectionFixture<GrpcCluster>
{
    public const string Name = "peers by gRPC";
}

/// <summary>
/// One silo on a database of its own and the gRPC gateway before it, for all tests of the collection. Each test takes names and
/// addresses that no other has. A peer's files may take <see cref="Quota"/> bytes.
/// </summary>
public sealed class GrpcCluster : IAsyncLifetime
{
    public const int Quota = 32 * 1024 * 1024;

    private int _last;
    private TestDatabase? _database;
    private InProcessTestCluster? _cluster;
    private GrpcGateway? _gateway;

    internal IGrainFactory Grains => _cluster?.Client ?? throw PostgresServer.Missing();

    internal GrpcGateway Gateway => _gateway ?? throw PostgresServer.Missing();

    public async ValueTask InitializeAsync()
    {
        if (!PostgresServer.IsGiven)
            return; // a fixture cannot skip: the tests do, when they ask for what is missing
        _database = await TestDatabase.CreateAsync();
        _cluster = await SiloCluster.DeployAsync(_database, silos: 1, PeersCluster.FastPasswords, ("Peers:PublishQuotaBytes", $"{Quota}"));
        _gateway = await StartGatewayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>Another gateway with settings and a store of its own.</summary>
    internal Task<GrpcGateway> StartGatewayAsync(params (string Key, string Value)[] settings) => GrpcGateway.StartAsync(Grains, settings);

    /// <summary>The same by a clock that the test moves.</summary>
    internal Task<GrpcGateway> StartGatewayAsync(TimeProvider time) => GrpcGateway.StartAsync(Grains, time);

    /// <summary>A name that no other test uses.</summary>
    internal string New(string what) => $"{what}-{Interlocked.Increment(ref _last)}";

    /// <summary>A peer that this machine logged in, and that has indexed a file.</summary>
    /// <param name="address">None: one that no other test uses, of a network that is meant for examples.</param>
    /// <param name="from">The IP of whoever logged it in.</param>
    internal async Task<(Visitor Peer, string File)> ShareAsync(string? address = null, string from = "127.0.0.1")
    {
        var number = Interlocked.Increment(ref _last);
        var peer = new Visitor(Grains, New("peer"), address ?? $"198.19.{number / 250}.{1 + (number % 250)}", from);
        var file = New("file");
        await peer.LogIn();
        await peer.Index(file);
        return (peer, file);
    }
}
