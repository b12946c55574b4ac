using System.Net;
using Granero.Tests.Support.Tasks;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>Places for containers: how many there are at once, who waits, and which stay warm.</summary>
[Collection(TasksCollection.Name)]
public sealed class TaskPlacesTests(TasksCluster tasks)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_fifty_simultaneous_tasks_none_is_lost_and_no_more_than_the_limit_have_a_container()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:MaxContainers", "2"), ("Tasks:KeepWarm", "00:00:30"));
        using var done = new CancellationTokenSource();
        var counting = MostContainersAsync(silo, done.Token);

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => silo.Client.GetRemoteTaskAsync(
            DockerEngine.TaskService, "suma", $$"""{"a":{{i}}}""", credentials: i % 10 == 0 ? $$"""{"usuario":"u{{i}}","password":""}""" : null)));

        await done.CancelAsync();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (HttpStatusCode.OK, $$"""{"resultado":{{i}}}""")), replies.Select(reply => (reply.Status, reply.Text)));
        Assert.InRange(await counting, 1, 2);
    }

    [Fact]
    public async Task A_full_queue_is_told_so_and_when_to_come_again()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:MaxContainers", "1"), ("Tasks:QueueLength", "1"));
        var running = await silo.Client.SubmitAsync(tasks.Bad.Ready, "wait");
        var waiting = await silo.Client.SubmitAsync(tasks.Bad.Ready, "echo");

        var refused = await silo.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "echo");

        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (refused.Status, refused.RetryAfter));
        await silo.Client.PostAsync(running.Location + "/cancel", "");
        Assert.Equal("succeeded", (await silo.Client.EndOfAsync(waiting.Location!)).GetProperty("state").GetString());
        Assert.Equal("succeeded", (await silo.Client.RunAsync(tasks.Bad.Ready, "echo")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_warm_container_serves_the_next_task_of_its_image_and_user()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:MaxContainers", "2"), ("Tasks:KeepWarm", "00:00:30"));

        await RunAsync(silo, user: null);
        var first = await silo.ContainersAsync();
        await RunAsync(silo, user: null);
        Assert.Equal(first, await silo.ContainersAsync());
        await RunAsync(silo, "ana");
        var both = await silo.ContainersAsync();
        Assert.Equal(2, both.Length);
        await RunAsync(silo, "luis"); // for whom the container that was used longest ago gives way

        var last = await silo.ContainersAsync();
        Assert.Equal(2, last.Length);
        Assert.DoesNotContain(first[0], last);
        Assert.Single(last.Intersect(both));
    }

    [Fact]
    public async Task A_warm_container_that_has_fallen_ill_or_is_gone_is_not_used()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:KeepWarm", "00:00:30"));
        await silo.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "turn-ill");
        var ill = await silo.ContainersAsync();

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "echo")).Status);
        var healthy = Assert.Single(await silo.ContainersAsync());
        Assert.NotEqual(ill, [healthy]);

        await tasks.Engine.Client.Containers.RemoveContainerAsync(healthy.TrimStart('/'), new() { Force = true }, Cancelled);
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "echo")).Status);
    }

    [Fact]
    public async Task A_container_that_failed_does_not_stay_and_a_warm_one_does_not_stay_long()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:KeepWarm", "00:00:00.5"));
        await silo.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "500");
        Assert.Empty(await silo.ContainersAsync());

        await RunAsync(silo, user: null);

        while ((await silo.ContainersAsync()).Length > 0)
            await Task.Delay(20, Cancelled); // the engine tells nobody
    }

    [Fact]
    public async Task A_silo_that_stops_leaves_no_container_and_its_tasks_to_others()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:KeepWarm", "00:00:30"));
        await RunAsync(silo, user: null);
        await silo.Client.SubmitAsync(tasks.Bad.Ready, "wait", """{"stop":1}""");
        while ((await silo.Database.Rows("select 1 from remote_tasks where state = 'running'")).Length == 0)
            await Task.Delay(10, Cancelled); // the rows tell nobody

        await silo.Cluster.StopSiloAsync(silo.Cluster.Silos[0]);

        Assert.Empty(await silo.ContainersAsync());
        Assert.Empty(await silo.Database.Rows("select * from task_runners"));
        Assert.Equal(["running"], await silo.Database.Rows("select state from remote_tasks where parameters = '{\"stop\":1}'"));
    }

    private static async Task RunAsync(TasksSilo silo, string? user)
    {
        var credentials = user is null ? null : $$"""{"usuario":"{{user}}","password":"c2VjcmV0"}""";
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetRemoteTaskAsync(DockerEngine.TaskService, "suma", credentials: credentials)).Status);
    }

    private static async Task<int> MostContainersAsync(TasksSilo silo, CancellationToken done)
    {
        var most = 0;
        while (!done.IsCancellationRequested)
            most = Math.Max(most, (await silo.ContainersAsync()).Length);
        return most;
    }
}
