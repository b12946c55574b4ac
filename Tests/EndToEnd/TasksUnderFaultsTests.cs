using System.Net;
using Granero.Tests.Support;
using Granero.Tests.Support.Tasks;
using Npgsql;
using Xunit;

namespace Granero.Tests.EndToEnd;

/// <summary>Real processes: the silo that runs containers is killed with tasks in flight.</summary>
[Collection(TasksCollection.Name)]
public sealed class TasksUnderFaultsTests(TasksCluster tasks) : IAsyncLifetime
{
    private const int InFlight = 10;
    private readonly int _rest = ServerProcess.FreePort();
    private PostgresOwnServer _postgres = null!;
    private readonly int[] _ports = [ServerProcess.FreePort(), ServerProcess.FreePort()];
    private ServerProcess[] _silos = [];
    private ServerProcess? _killed;
    private ServerProcess _gateway = null!;
    private TasksClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string ConnectionString => new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Pooling = true }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        var network = tasks.Engine.Mark;
        _postgres = await PostgresOwnServer.CreateAsync(cancellationToken: Cancelled);
        await _postgres.StartAsync(cancellationToken: Cancelled);
        _silos = [.. _ports.Select(port => Silo(network, port))];
        foreach (var silo in _silos)
        {
            silo.Start();
            await silo.BecomeReadyAsync(Cancelled);
        }

        _gateway = new("Gateways/Rest", "Granero.Gateways.Rest.dll", new Dictionary<string, string>
        {
            ["ConnectionStrings__granero"] = ConnectionString,
            ["Rest__Port"] = $"{_rest}",
            ["Peers__Port"] = $"{ServerProcess.FreePort()}",
        });
        _gateway.Start();
        await _gateway.BecomeReadyAsync(Cancelled);
        _client = new(new($"http://127.0.0.1:{_rest}"));
    }

    public async ValueTask DisposeAsync()
    {
        // In order, so that no container stays behind.
        _client?.Dispose();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        foreach (var silo in _silos.Where(silo => silo != _killed))
            await silo.StopAsync(CancellationToken.None);
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Tasks_of_a_silo_that_is_killed_end_on_another_and_no_container_is_left()
    {
        var calls = Enumerable.Range(0, InFlight).Select(i => _client.GetRemoteTaskAsync(tasks.Bad.Ready, "slow-echo", $$"""{"a":{{i}}}""")).ToArray();
        var killed = await SiloThatRunsAsync(calls);
        var installation = (await QueryAsync<Guid>("select id from task_installation"))[0].ToString();

        await killed.KillAsync();
        _killed = killed;

        var replies = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(90), Cancelled);
        Assert.Equal(
            Enumerable.Range(0, InFlight).Select(i => (HttpStatusCode.OK, $$"""{"parametros":{"a":{{i}}},"calculo":"slow-echo"}""")),
            replies.Select(reply => (reply.Status, reply.Text)));
        Assert.True(await CountAsync("select count(*) from remote_tasks where attempts = 2") > 0, "No task was in the hands of the silo that was killed.");
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while ((await tasks.Engine.ContainersAsync("granero.installation", installation)).Length > 0)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "A container is left.");
            await Task.Delay(50, Cancelled); // the engine tells nobody
        }

    }

    /// <returns>The silo that has begun with a task.</returns>
    private async Task<ServerProcess> SiloThatRunsAsync(Task[] calls)
    {
        while (true)
        {
            var addresses = await QueryAsync<string>("select r.silo from remote_tasks t join task_runners r using (runner) where t.state = 'running'");
            if (addresses.Count > 0)
                return _silos[Array.FindIndex(_ports, port => addresses[0].EndsWith($":{port}", StringComparison.Ordinal))];
            Assert.DoesNotContain(calls, call => call.IsCompleted);
            await Task.Delay(5, Cancelled); // the rows tell nobody
        }
    }

    private ServerProcess Silo(string network, int port) => new("Silo", "Granero.Silo.dll", new Dictionary<string, string>
    {
        ["ConnectionStrings__granero"] = ConnectionString,
        ["Orleans__Endpoints__AdvertisedIPAddress"] = "127.0.0.1",
        ["Orleans__Endpoints__SiloPort"] = $"{port}",
        ["Orleans__Endpoints__GatewayPort"] = $"{ServerProcess.FreePort()}",
        ["Tasks__Runner"] = "true",
        ["Tasks__Network"] = network,
        ["Tasks__MaxContainers"] = "2",
        ["Tasks__ReadyTimeout"] = "00:00:30", // on a machine that is busy with other tests
    });

    private async Task<long> CountAsync(string sql) => (await QueryAsync<long>(sql))[0];

    private async Task<List<T>> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_postgres.ConnectionString);
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var values = new List<T>();
        while (await reader.ReadAsync(Cancelled))
            values.Add(await reader.GetFieldValueAsync<T>(0, Cancelled));
        return values;
    }
}
