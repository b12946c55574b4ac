using System.Globalization;
using System.Net;
using System.Text.Json;
using Granero.Tests.EndToEnd;
using Granero.Tests.Support;
using Granero.Tests.Support.Tasks;

namespace Granero.Tests.Faults.Load;

/// <summary>Clients who have sums made by containers, over REST: each with a key, some of them asked for twice.</summary>
internal sealed class TasksLoad : IDomainLoad
{
    private const int Clients = 2;
    private const int TwiceEvery = 3;
    private const string Domain = "tasks, REST";
    private static readonly TimeSpan SubmitEvery = TimeSpan.FromSeconds(4);

    private readonly LoadSetting _setting;
    private readonly DockerEngine _engine;
    private readonly Journal _journal;
    private readonly TasksClient[] _gateways;

    public TasksLoad(LoadSetting setting, DockerEngine engine)
    {
        (_setting, _engine, _journal) = (setting, engine, new Journal(setting.Folder, "tasks"));
        _gateways = [.. setting.Granero.RestMain.Select(server => new TasksClient(new($"http://{server}")))];
    }

    public string Name => "tasks";

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(1, Clients).Select(client => SubmitAsync(client, stop)));

    public Task<IReadOnlyList<BookLine>> CheckBooksAsync() => new TasksBooks(_setting.Granero, _engine, _journal).CheckAsync();

    public void Dispose()
    {
        foreach (var gateway in _gateways)
            gateway.Dispose();
        _journal.Dispose();
    }

    private async Task SubmitAsync(int client, CancellationToken stop)
    {
        var (pace, servers, open) = (new Pace(SubmitEvery), new Servers(_gateways.Length, client), new List<string>());
        for (var run = 0; run == 0 || !stop.IsCancellationRequested; run++)
        {
            await pace.KeepAsync();
            var key = string.Create(CultureInfo.InvariantCulture, $"{_setting.Seed}-{client}-{run}");
            for (var time = 0; time < (run % TwiceEvery == 0 ? 2 : 1); time++)
            {
                var location = await AcceptedAsync(servers, key, $$"""{"a":{{client}},"b":{{run}}}""");
                _journal.Acknowledged("accepted", key, location.Split('/')[^1], client + run);
                if (time == 0)
                    open.Add(location);
                servers.TryNext();
            }

            await SettleAsync(servers, open);
        }

        for (pace = new Pace(TimeSpan.FromMilliseconds(200)); open.Count > 0; await SettleAsync(servers, open))
            await pace.KeepAsync();
    }

    private async Task<string> AcceptedAsync(Servers servers, string key, string parameters) =>
        (await CallAsync(servers, HttpStatusCode.Accepted, gateway => gateway.SubmitAsync(DockerEngine.TaskService, "suma", parameters, key))).Location!;

    private async Task SettleAsync(Servers servers, List<string> open)
    {
        foreach (var location in open.ToArray())
        {
            var task = (await CallAsync(servers, HttpStatusCode.OK, gateway => gateway.GetAsync(location))).Json;
            if (task.GetProperty("ended_at").ValueKind == JsonValueKind.Null)
                continue;
            open.Remove(location);
            _journal.Acknowledged("ended", location.Split('/')[^1], task.GetProperty("state").GetString()!);
        }
    }

    private Task<TasksClient.Reply> CallAsync(Servers servers, HttpStatusCode expected, Func<TasksClient, Task<TasksClient.Reply>> call) =>
        _setting.Calls.UntilDoneAsync(Domain, servers, async server =>
        {
            var reply = await call(_gateways[server]);
            return reply.Status == expected ? reply : throw new UnexpectedReplyException($"{(int)expected}", $"{(int)reply.Status} {reply.Text}");
        });
}

/// <summary>The tasks' books: what clients were told, compared with the rows and the engine's containers.</summary>
internal sealed class TasksBooks(GraneroProcesses granero, DockerEngine engine, Journal journal)
{
    private const string Rows =
        "select concat_ws('|', id, state, coalesce(error_kind, ''), coalesce(error, convert_from(answer, 'UTF8'))) from remote_tasks";

    /// <summary>What is said of failures that nobody has foreseen.</summary>
    private const string Unforeseen = "Something went wrong here. It is in the log.";

    private static readonly TimeSpan GoneWithin = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<BookLine>> CheckAsync()
    {
        var rows = (await granero.QueryAsync<string>(Rows, CancellationToken.None)).Select(row => row.Split('|')).ToDictionary(row => row[0], row => row[1..]);
        return [CheckRuns(rows), CheckEnds(rows), new("containers that are left", 0, await LeftAsync())];
    }

    private IEnumerable<string[]> Accepted => journal.Read().Where(entry => entry[0] == "accepted");

    /// <summary>A key is one run, however often it was asked for; and no run is there that nobody has asked for.</summary>
    private BookLine CheckRuns(Dictionary<string, string[]> rows)
    {
        var runs = Accepted.GroupBy(entry => entry[1], entry => entry[2]).ToArray();
        var found = runs.Count(run => run.All(rows.ContainsKey));
        var wrong = runs.Count(run => run.Distinct().Count() > 1) + rows.Keys.Except(Accepted.Select(entry => entry[2])).Count();
        return new("tasks, one run for each key", runs.Length, found, runs.Length - found, wrong);
    }

    /// <summary>Each has ended, with the right sum, or with a failure that says what it was; and as its client was told.</summary>
    private BookLine CheckEnds(Dictionary<string, string[]> rows)
    {
        var told = journal.Read().Where(entry => entry[0] == "ended").ToDictionary(entry => entry[1], entry => entry[2]);
        var sums = Accepted.DistinctBy(entry => entry[2]).ToDictionary(entry => entry[2], entry => $$"""{"resultado":{{entry[3]}}}""");
        var ended = rows.Where(row => told.GetValueOrDefault(row.Key) == row.Value[0]).ToArray();
        var failed = ended.Count(row => row.Value is ["failed", "runner_lost" or "not_ready" or "exited" or "timed_out" or "engine_failed", { Length: > 0 } and not Unforeseen]);
        var right = ended.Count(row => row.Value is ["succeeded", "", var answer] && sums.GetValueOrDefault(row.Key) == answer);
        return new($"right sums, {failed} failed clearly", sums.Count - failed, right, Lost: sums.Count - ended.Length, Wrong: ended.Length - right - failed);
    }

    /// <summary>Those of dead silos are removed by the others.</summary>
    private async Task<int> LeftAsync()
    {
        var installation = (await granero.QueryAsync<Guid>("select id from task_installation", CancellationToken.None))[0].ToString();
        using var limit = new CancellationTokenSource(GoneWithin);
        while (true)
        {
            var left = (await engine.ContainersAsync("granero.installation", installation)).Length;
            if (left == 0 || limit.IsCancellationRequested)
                return left;
            await Task.Delay(TimeSpan.FromMilliseconds(200)); // the engine tells nobody
        }
    }
}
