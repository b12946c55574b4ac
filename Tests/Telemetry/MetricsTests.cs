using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granero.Lottery;
using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Granero.Tests.Support.Tasks;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Telemetry;

/// <summary>Meters are the process's: what other tests do meanwhile would count.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MetricsCollection
{
    public const string Name = "metrics";
}

/// <summary>What is measured is what happened.</summary>
[Collection(MetricsCollection.Name)]
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Of_the_lottery_bets_batches_and_draws_are_measured()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, ("Lottery:Agencies", "1"));
        using var measured = new Measurements();
        var agency = cluster.Client.GetGrain<IAgencyGrain>(1);

        await agency.PlaceBets(Bets.Of(("Ana", "Pérez", "30904465", "1999-03-17", 7574), ("Eva", "Gómez", "28111222", "1988-01-02", 1)));
        await agency.DeclareReady();

        await Eventually.HoldsAsync(() => Task.FromResult(measured.Of("granero.lottery.draws").Length > 0));
        Assert.Equal([2], measured.Of("granero.lottery.bets"));
        Assert.Equal([1], measured.Of("granero.lottery.batches"));
        Assert.Equal([1], measured.Of("granero.lottery.winners"));
        Assert.InRange(Assert.Single(measured.Of("granero.lottery.batch.duration")), 0.0001, 20);
        Assert.Equal([1], measured.Of("granero.lottery.draws"));
    }

    [Fact]
    public async Task Of_peers_logins_calls_to_the_index_and_published_bytes_are_measured()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, PeersCluster.FastPasswords);
        using var measured = new Measurements();
        var (ana, caller) = (cluster.Client.GetGrain<IPeerGrain>("ana"), Caller.From(IPAddress.Parse("10.0.0.1"), token: null));

        await ana.LogIn(new("10.0.0.1:50051", "secret", caller, Caller.HashOf("a token")));
        await Assert.ThrowsAsync<GraneroException>(() => ana.LogIn(new("10.0.0.1:50051", "a wrong one", caller, Caller.HashOf("a token"))));
        await cluster.Client.GetGrain<IPeerAddressGrain>("10.0.0.1:50051").IndexFiles(["a", "b", "c"], caller);
        await cluster.Client.GetSharedFiles("a").FindHolders("a");
        await ana.LocateFile("a");
        await ana.Publish(new(Guid.NewGuid(), "ana", "d", 600, new byte[32]), caller);

        Assert.Equal([1], measured.Of("granero.peers.logins", "outcome=done"));
        Assert.Equal([1], measured.Of("granero.peers.logins", "outcome=WrongPassword"));
        Assert.All(["index", "find", "locate"], call => Assert.Equal([1], measured.Of("granero.peers.index.calls", $"call={call}")));
        Assert.Equal([3], measured.Of("granero.peers.index.names"));
        Assert.Equal([600], measured.Of("granero.peers.published"));
    }

    [Fact]
    public async Task Who_is_logged_in_and_what_waits_is_read_from_the_rows()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Execute(
            """
            insert into peers select 'peer ' || n, '', now() from generate_series(1, 4) n;
            insert into logged_in_peers select 'peer ' || n, '10.0.0.' || n, '10.0.0.' || n, decode(repeat('ab', 32), 'hex'), now(),
                now() + (case when n = 4 then -1 else 1 end) * interval '1 hour' from generate_series(1, 4) n;
            insert into remote_tasks (id, image, calculation, parameters, state, ended_at)
            select gen_random_uuid(), 'i', 'suma', '{}', s, case when s = 'failed' then now() end from unnest(array['queued', 'queued', 'running', 'failed']) s;
            insert into users (username, email, created_at) values ('ana', 'ana@example.org', now());
            insert into videos (user_id, upload, file_name, uploaded_at, length, sha256, width, height, duration_ms, has_sound, status, percent, lease_ends_at)
            select 1, gen_random_uuid(), 'v.mp4', now(), 1, decode(repeat('ab', 32), 'hex'), 16, 9, 1000, false, s, 0, case when s = 1 then now() + interval '1 hour' end
            from unnest(array[0, 0, 0, 1]) s;
            """);
        using var measured = new Measurements();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1);

        await Eventually.HoldsAsync(() => Task.FromResult(measured.Of("granero.videos.unfinished", "state=encoding").Length > 0
            && measured.Of("granero.tasks.unfinished", "state=queued").Length > 0 && measured.Of("granero.peers.logged_in").Length > 0));
        Assert.Equal(3, measured.Of("granero.peers.logged_in").Last());
        Assert.Equal((2, 0, 1), (Tasks("queued"), Tasks("starting"), Tasks("running")));
        Assert.Equal((3, 1), (Videos("queued"), Videos("encoding")));

        double Tasks(string state) => measured.Of("granero.tasks.unfinished", $"state={state}").Last();
        double Videos(string state) => measured.Of("granero.videos.unfinished", $"state={state}").Last();
    }

    [Fact]
    public async Task Of_tasks_outcomes_durations_and_starts_of_containers_are_measured()
    {
        await using var engine = await DockerEngine.FindAsync() ?? throw DockerEngine.Missing();
        await using var silo = await TasksSilo.StartAsync(engine, ("Tasks:KeepWarm", "00:01:00"));
        using var measured = new Measurements();

        await silo.Client.RunAsync(DockerEngine.TaskService, "suma");
        await silo.Client.RunAsync(DockerEngine.TaskService, "suma"); // by the same container
        await silo.Client.RunAsync("granero.invalid/nothing:none", "suma");

        Assert.Equal([1, 1], measured.Of("granero.tasks.ended", "outcome=Succeeded"));
        Assert.Equal([1], measured.Of("granero.tasks.ended", "outcome=PullFailed"));
        Assert.Equal([1], measured.Of("granero.tasks.container.starts"));
        Assert.InRange(Assert.Single(measured.Of("granero.tasks.container.start.duration")), 0.001, 60);
        var durations = measured.Of("granero.tasks.duration", "outcome=Succeeded");
        Assert.True(durations[0] > measured.Of("granero.tasks.container.start.duration")[0], "the first task did not wait for its container");
        Assert.True(durations[1] < durations[0], "a warm container was not quicker");
    }

    [Fact]
    public async Task Of_videos_outcomes_and_durations_are_measured()
    {
        await using var cluster = new VideosCluster();
        await cluster.InitializeAsync();
        using var user = await cluster.NewUserAsync();
        using var measured = new Measurements();

        var id = await user.UploadedAsync(await Clips.PlainAsync());
        await user.FinishedAsync(id, TestContext.Current.CancellationToken);

        await Eventually.HoldsAsync(() => Task.FromResult(measured.Of("granero.videos.encodes", "outcome=processed").Length > 0)); // it is told after the user is
        Assert.Equal([1], measured.Of("granero.videos.encodes", "outcome=processed"));
        Assert.InRange(Assert.Single(measured.Of("granero.videos.encode.duration", "outcome=processed")), 0.01, 60);
    }

    /// <summary>A panel of a metric that nobody measures stays empty, and nobody knows why.</summary>
    [Fact]
    public async Task Every_metric_of_ours_on_the_dashboard_is_one_that_is_measured()
    {
        using var meters = new Measurements();
        var known = meters.Instruments().Select(PrometheusName).ToHashSet();
        var path = Path.Combine(AppContext.BaseDirectory, "granero-dashboard.json");
        var dashboard = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        var shown = from panel in dashboard.GetProperty("panels").EnumerateArray()
                    from target in panel.GetProperty("targets").EnumerateArray()
                    from Match name in OurName().Matches(target.GetProperty("expr").GetString()!)
                    select Histogram().Replace(name.Value, "");

        Assert.Empty(shown.Except(known));
        Assert.All(["lottery", "tcp", "peers", "tasks", "videos"], domain => Assert.Contains(shown, name => name.StartsWith($"granero_{domain}_", StringComparison.Ordinal)));
    }

    /// <summary>Source: the OpenTelemetry specification, Prometheus and OpenMetrics compatibility.</summary>
    private static string PrometheusName((string Name, string? Unit, bool IsCounter) instrument) => instrument.Name.Replace('.', '_')
        + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" } + (instrument.IsCounter ? "_total" : "");

    [GeneratedRegex("granero_[a-z_]+")]
    private static partial Regex OurName();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Histogram();
}
