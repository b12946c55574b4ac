using System.Net;
using System.Text.Json;
using Granero.Tests.Support.Tasks;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>What the old server did not have: <c>/tasks</c>.</summary>
[Collection(TasksCollection.Name)]
public sealed class TasksApiTests(TasksCluster tasks)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_is_submitted_followed_and_its_result_fetched()
    {
        var submitted = await tasks.Client.SubmitAsync(DockerEngine.TaskService, "suma", """{"a":1,"b":2}""");

        Assert.Equal(HttpStatusCode.Accepted, submitted.Status);
        Assert.Equal($"/tasks/{submitted.Json.GetProperty("id").GetString()}", submitted.Location);
        var task = await tasks.Client.EndOfAsync(submitted.Location!);
        Assert.Equal(("succeeded", 1), (task.GetProperty("state").GetString(), task.GetProperty("attempts").GetInt32()));
        Assert.Matches("^sha256:[0-9a-f]{64}$", task.GetProperty("image_digest").GetString());
        Assert.True(task.GetProperty("created_at").GetDateTimeOffset() <= task.GetProperty("running_at").GetDateTimeOffset());
        Assert.True(task.GetProperty("running_at").GetDateTimeOffset() <= task.GetProperty("ended_at").GetDateTimeOffset());
        var result = await tasks.Client.GetAsync(submitted.Location + "/result");
        Assert.Equal((HttpStatusCode.OK, """{"resultado":3}""", "application/json"), (result.Status, result.Text, result.ContentType));
    }

    [Fact]
    public async Task A_task_that_is_cancelled_ends_and_leaves_no_container()
    {
        var location = (await tasks.Client.SubmitAsync(tasks.Bad.Ready, "wait")).Location!;
        Assert.Equal(HttpStatusCode.Conflict, (await tasks.Client.GetAsync(location + "/result")).Status);
        while ((await tasks.Client.GetAsync(location)).Json.GetProperty("state").GetString() != "running")
            await Task.Delay(10, Cancelled); // the service tells only who asks

        var cancelled = await tasks.Client.PostAsync(location + "/cancel", "");

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (cancelled.Status, cancelled.Json.GetProperty("state").GetString()));
        Assert.Empty(await tasks.Silo.ContainersAsync());
        Assert.Equal("cancelled", (await tasks.Client.PostAsync(location + "/cancel", "")).Json.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await tasks.Client.GetAsync(location + "/result")).Status);
    }

    [Fact]
    public async Task The_list_has_the_latest_first_and_comes_in_pages()
    {
        var ids = new List<string?>();
        for (var i = 0; i < 3; i++)
            ids.Add((await tasks.Client.RunAsync(tasks.Bad.Exiting, "suma")).GetProperty("id").GetString());
        ids.Reverse();

        var first = (await tasks.Client.GetAsync("/tasks?limit=2&state=failed")).Json;
        var second = (await tasks.Client.GetAsync($"/tasks?limit=1&state=failed&before={first.GetProperty("next").GetString()}")).Json;

        Assert.Equal(ids, [.. Ids(first), .. Ids(second)]);
        Assert.DoesNotContain(ids[0], Ids((await tasks.Client.GetAsync("/tasks?state=succeeded")).Json));
    }

    [Theory]
    [InlineData("/tasks/00000000-0000-0000-0000-000000000001", HttpStatusCode.NotFound)]
    [InlineData("/tasks/00000000-0000-0000-0000-000000000001/result", HttpStatusCode.NotFound)]
    [InlineData("/tasks/x", HttpStatusCode.NotFound)]
    [InlineData("/tasks?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/tasks?limit=x", HttpStatusCode.BadRequest)]
    [InlineData("/tasks?state=asleep", HttpStatusCode.BadRequest)]
    [InlineData("/tasks?state=1", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_or_makes_no_sense_gets_ProblemDetails(string path, HttpStatusCode status)
    {
        var reply = await tasks.Client.GetAsync(path);

        Assert.Equal((status, "application/problem+json"), (reply.Status, reply.ContentType));
    }

    [Fact]
    public async Task The_same_key_gets_the_same_run()
    {
        var key = Guid.NewGuid().ToString();

        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => tasks.Client.GetRemoteTaskAsync(DockerEngine.TaskService, "suma", """{"key":1}""", key: key)));
        var submitted = await tasks.Client.SubmitAsync(DockerEngine.TaskService, "suma", """{"key":1}""", key);

        Assert.All(replies, reply => Assert.Equal((HttpStatusCode.OK, """{"resultado":1}"""), (reply.Status, reply.Text)));
        Assert.Equal((HttpStatusCode.Accepted, "succeeded"), (submitted.Status, submitted.Json.GetProperty("state").GetString()));
        Assert.Equal(["1"], await tasks.Silo.Database.Rows("""select attempts from remote_tasks where parameters = '{"key":1}'"""));
    }

    [Fact]
    public async Task A_key_that_comes_with_another_request_is_refused()
    {
        var key = Guid.NewGuid().ToString();
        await tasks.Client.SubmitAsync(DockerEngine.TaskService, "suma", """{"a":1}""", key);

        var reply = await tasks.Client.GetRemoteTaskAsync(DockerEngine.TaskService, "suma", """{"a":2}""", key: key);

        Assert.Equal(HttpStatusCode.Conflict, reply.Status);
    }

    [Fact]
    public async Task The_routes_are_described()
    {
        var paths = (await tasks.Client.GetAsync("/openapi/v1.json")).Json.GetProperty("paths");

        foreach (var path in (string[])["/getRemoteTask", "/tasks", "/tasks/{id}", "/tasks/{id}/result", "/tasks/{id}/cancel"])
            Assert.True(paths.TryGetProperty(path, out _), $"{path} is not in the description.");
        Assert.True(paths.GetProperty("/tasks").GetProperty("post").GetProperty("responses").TryGetProperty("202", out _));
    }

    private static IEnumerable<string?> Ids(JsonElement page) => page.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("id").GetString());
}
