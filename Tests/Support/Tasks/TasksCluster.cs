using Granero.Tests.Support.Peers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Support.Tasks;

[CollectionDefinition(Name)]
public sealed class TasksCollection : ICollectionFixture<TasksCluster>
{
    public const string Name = "tasks";
}

/// <summary>
/// The engine with images that misbehave, one silo that runs containers on it, and the REST gateway before it, for all tests of the
/// collection. Tests that need other settings make a <see cref="TasksSilo"/> of their own.
/// </summary>
public sealed class TasksCluster : IAsyncLifetime
{
    private DockerEngine? _engine;
    private BadServiceImages? _bad;
    private TasksSilo? _silo;

    internal DockerEngine Engine => _engine ?? throw DockerEngine.Missing();

    internal BadServiceImages Bad => _bad ?? throw DockerEngine.Missing();

    internal TasksSilo Silo => _silo ?? throw (PostgresServer.IsGiven ? DockerEngine.Missing() : PostgresServer.Missing());

    internal TasksClient Client => Silo.Client;

    public async ValueTask InitializeAsync()
    {
        // A fixture cannot skip: the tests do, when they ask for what is missing.
        if (!PostgresServer.IsGiven || await DockerEngine.FindAsync() is not { } engine)
            return;
        _engine = engine;
        _bad = await BadServiceImages.BuildAsync(engine);
        _silo = await TasksSilo.StartAsync(engine);
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
            await _silo.DisposeAsync();
        if (_engine is not null)
            await _engine.DisposeAsync();
    }
}

/// <summary>A silo that runs containers, on a database of its own, and a REST gateway.</summary>
internal sealed class TasksSilo : IAsyncDisposable
{
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("granero-tasks-");
    private readonly DockerEngine? _engine;
    private InProcessTestCluster? _cluster;
    private PeersGateway? _gateway;

    private TasksSilo(TestDatabase database, DockerEngine? engine) => (Database, _engine) = (database, engine);

    public TestDatabase Database { get; }

    public InProcessTestCluster Cluster => _cluster!;

    public TasksClient Client { get; private set; } = null!;

    /// <summary>What containers of this silo are labelled with.</summary>
    public string Installation { get; private set; } = "";

    public string LogsFolder => _logs.FullName;

    /// <param name="engine">Null for a silo that has none.</param>
    /// <param name="settings">On top of limits that are reached quickly.</param>
    public static Task<TasksSilo> StartAsync(DockerEngine? engine, params (string Key, string Value)[] settings) => StartAsync(engine, 1, settings);

    public static async Task<TasksSilo> StartAsync(DockerEngine? engine, short silos, params (string Key, string Value)[] settings)
    {
        var silo = new TasksSilo(await TestDatabase.CreateAsync(), engine);
        Dictionary<string, string> all = new()
        {
            ["Tasks:Runner"] = engine is null ? "false" : "true",
            ["Tasks:Network"] = engine?.Mark ?? "none",
            ["Tasks:MaxContainers"] = "3",
            ["Tasks:ReadyTimeout"] = "00:00:15", // for those that do get ready, on a machine that is busy with other tests
            ["Tasks:RunTimeout"] = "00:00:04",
            ["Tasks:MaxAnswerBytes"] = "100000",
            ["Tasks:MaxLogBytes"] = "2000000",
            ["Tasks:LogsFolder"] = silo.LogsFolder,
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        silo._cluster = await SiloCluster.DeployAsync(silo.Database, silos, [.. all.Select(setting => (setting.Key, setting.Value))]);
        silo._gateway = await PeersGateway.StartAsync(silo._cluster.Client, ("Rest:RetryFor", "00:00:10"));
        silo.Client = new(silo._gateway.MainAddress);
        silo.Installation = (await silo.Database.Rows("select id from task_installation"))[0];
        return silo;
    }

    public T Service<T>()
        where T : notnull => Cluster.Silos[0].SiloHost.Services.GetRequiredService<T>();

    /// <returns>The names of the containers that are there now, in whatever state.</returns>
    public async Task<string[]> ContainersAsync() =>
        [.. (await _engine!.ContainersAsync("granero.installation", Installation)).Select(container => container.Names[0])];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _gateway!.DisposeAsync();
        await _cluster!.DisposeAsync();
        await Database.DisposeAsync();
        _logs.Delete(recursive: true);
    }
}
