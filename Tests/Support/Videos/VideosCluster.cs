using Granero.Tests.Support.Peers;
using Granero.Videos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Support.Videos;

[CollectionDefinition(Name)]
public sealed class VideosCollection : ICollectionFixture<VideosCluster>
{
    public const string Name = "videos";
}

/// <summary>One silo that processes videos, on a database and a folder of its own, and the REST gateway before it. Each test takes a user of its own.</summary>
public sealed class VideosCluster : IAsyncLifetime
{
    internal const int MaxUploadBytes = 20 << 20;
    internal const int QuotaBytes = 60 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("granero-media-").FullName;
    private TestDatabase? _database;
    private InProcessTestCluster? _cluster;
    private PeersGateway? _gateway;

    internal TestDatabase Database => _database ?? throw Missing();

    internal Uri Gateway => (_gateway ?? throw Missing()).MainAddress;

    internal IGrainFactory Grains => (_cluster ?? throw Missing()).Client;

    internal MediaFolder Media => new(_folder);

    internal string Folder => _folder;

    public async ValueTask InitializeAsync()
    {
        if (!PostgresServer.IsGiven || !Ffmpeg.IsThere)
            return; // a fixture cannot skip: the tests do, when they ask for what is missing
        _database = await TestDatabase.CreateAsync();
        _cluster = await SiloCluster.DeployAsync(_database, silos: 1, Settings(_folder));
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
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What silos that process videos are told.</summary>
    internal static (string Key, string Value)[] Settings(string folder) =>
    [
        ("Media:Root", folder), ("Accounts:PasswordIterations", "1000"), ("Videos:Encoders", "2"), ("Videos:QuotaBytes", $"{QuotaBytes}"), ("Videos:Lease", "00:00:03"),
    ];

    /// <summary>Another gateway; what it is told goes before what all are told.</summary>
    internal Task<PeersGateway> StartGatewayAsync(params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] common = [("Media:Root", _folder), ("Videos:MaxUploadBytes", $"{MaxUploadBytes}"), ("Videos:KeepFreeBytes", "0")];
        return PeersGateway.StartAsync(Grains, [.. settings.Concat(common).DistinctBy(setting => setting.Key)]);
    }

    internal T SiloService<T>()
        where T : notnull => (_cluster ?? throw Missing()).Silos[0].SiloHost.Services.GetRequiredService<T>();

    internal Task<VideosClient> NewUserAsync() => VideosClient.LogInAsync(Gateway);

    /// <summary>The files below the folder, but for those that no test has to do with.</summary>
    internal string[] Files(string part) => Directory.GetFiles(Path.Combine(_folder, part), "*", SearchOption.AllDirectories);

    private static Exception Missing() => PostgresServer.IsGiven ? Ffmpeg.Missing() : PostgresServer.Missing();
}
