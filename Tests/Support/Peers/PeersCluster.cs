using Granero.Peers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Support.Peers;

[CollectionDefinition(Name)]
public sealed class PeersCollection : ICollectionFixture<PeersCluster>
{
    public const string Name = "peers";
}

/// <summary>
/// One silo on a database of its own and the REST gateway before it, for all tests of the collection. Each test takes names and
/// addresses that no other has.
/// </summary>
public sealed class PeersCluster : IAsyncLifetime
{
    /// <summary>Hashes that cost nothing: how slow they are is no concern of these tests.</summary>
    internal static readonly (string Key, string Value) FastPasswords = ("Peers:PasswordIterations", "1000");

    private int _last;
    private TestDatabase? _database;
    private InProcessTestCluster? _cluster;
    private PeersGateway? _gateway;

    internal TestDatabase Database => _database ?? throw PostgresServer.Missing();

    internal IGrainFactory Grains => _cluster?.Client ?? throw PostgresServer.Missing();

    internal PeersGateway Gateway => _gateway ?? throw PostgresServer.Missing();

    public async ValueTask InitializeAsync()
    {
        if (!PostgresServer.IsGiven)
            return; // a fixture cannot skip: the tests do, when they ask for what is missing
        _database = await TestDatabase.CreateAsync();
        _cluster = await SiloCluster.DeployAsync(_database, silos: 1, FastPasswords, ("Peers:PublishQuotaBytes", "1000"));
        _gateway = await PeersGateway.StartAsync(_cluster.Client, ("Proxies:Trusted:0", "127.0.0.1"), ("Peers:MaxFilesInRequest", "10000"));
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

    internal T SiloService<T>()
        where T : notnull => _cluster!.Silos[0].SiloHost.Services.GetRequiredService<T>();

    /// <summary>A name that no other test uses.</summary>
    internal string New(string what) => $"{what}-{Interlocked.Increment(ref _last)}";

    /// <summary>An IP that no other test uses, of a network that is meant for tests.</summary>
    internal string NewIp()
    {
        var number = Interlocked.Increment(ref _last);
        return $"198.18.{number / 250}.{1 + (number % 250)}";
    }

    internal PeersClient NewClient() => ClientAt(NewIp());

    internal PeersClient ClientAt(string ip, string? token = null) => new(Gateway.Address, ip, token);

    /// <summary>Who has a file, as the index says it in memory.</summary>
    internal async Task<string[]> Holders(string file) =>
        [.. (await Grains.GetSharedFiles(file).FindHolders(file)).Select(holder => $"{holder.PeerName}@{holder.Address}")];
}
