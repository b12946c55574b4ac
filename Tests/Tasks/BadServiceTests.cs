using System.Net;
using System.Text.Json;
using Granero.Tests.Support;
using Granero.Tests.Support.Tasks;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>Containers that misbehave: each gets a clear error of its own within its limit, leaves nothing behind and harms nobody else.</summary>
[Collection(TasksCollection.Name)]
public sealed class BadServiceTests(TasksCluster tasks)
{
    [Theory]
    [InlineData("500", "task_error", "The service answered with 500.", HttpStatusCode.InternalServerError)]
    [InlineData("exit", "task_error", "The service broke off. The container ended with code 7.", HttpStatusCode.BadGateway)]
    [InlineData("wait", "timed_out", "The service did not give its answer within 4 s.", HttpStatusCode.GatewayTimeout)]
    [InlineData("announce-2-GB", "answer_too_long", "The service's answer is longer than 100000 bytes.", HttpStatusCode.BadGateway)]
    [InlineData("endless", "answer_too_long", "The service's answer is longer than 100000 bytes.", HttpStatusCode.BadGateway)]
    [InlineData("memory", "out_of_memory", "The service broke off. The container came up against its limit of 268435456 bytes of memory.", HttpStatusCode.BadGateway)]
    [InlineData("fill", "wrote_too_much", "The container wrote more into /app/logs than it may, and was removed.", HttpStatusCode.BadGateway)]
    public async Task A_service_that_misbehaves_gets_an_error_of_its_own(string calculation, string kind, string error, HttpStatusCode status)
    {
        var task = await tasks.Client.RunAsync(tasks.Bad.Ready, calculation);

        Assert.Equal(("failed", kind, error), Describe(task));
        Assert.Empty(await tasks.Silo.ContainersAsync());
        await CheckOthersAsync();

        var reply = await tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, calculation);
        Assert.Equal(status, reply.Status);
        Assert.StartsWith("Error en el servicio de tareas", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_forks_without_end_comes_up_against_its_limit()
    {
        var task = await tasks.Client.RunAsync(tasks.Bad.Ready, "fork");

        // Its runtime may not outlive that there are no more threads; then that is its end.
        var (state, kind, error) = Describe(task);
        Assert.Equal("failed", state);
        Assert.Matches(
            @"^timed_out The service did not give its answer within 4 s\. It runs 64 processes, which is its limit\.$|^task_error The service broke off\. The container ended with code 1[0-9]{2}\.$",
            $"{kind} {error}");
        Assert.Empty(await tasks.Silo.ContainersAsync());
        await CheckOthersAsync();
    }

    [Fact]
    public async Task A_container_that_exits_at_once_is_not_waited_for()
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();

        var task = await tasks.Client.RunAsync(tasks.Bad.Exiting, "suma");
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        var reply = await tasks.Client.GetRemoteTaskAsync(tasks.Bad.Exiting, "suma");

        Assert.Equal(("failed", "exited", "The service was not ready. The container ended with code 3."), Describe(task));
        Assert.True(took < TimeSpan.FromSeconds(15), $"It took {took}, as long as one that might still get ready.");
        Assert.Equal((HttpStatusCode.OK, "Timeout esperando al servicio"), (reply.Status, reply.Json.GetProperty("error").GetString()));
        Assert.Contains("code 3", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_fills_the_disk_before_it_is_ready_is_stopped()
    {
        var task = await tasks.Client.RunAsync(tasks.Bad.Filling, "suma");

        Assert.Equal("wrote_too_much", task.GetProperty("error_kind").GetString());
        Assert.Empty(await tasks.Silo.ContainersAsync());
        Assert.Empty(Directory.GetDirectories(Path.Combine(tasks.Silo.LogsFolder, "containers")));
    }

    [Fact]
    public async Task Those_that_misbehave_do_not_keep_others_from_running()
    {
        Task[] bad = [tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "wait"), tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "fork")];

        for (var i = 0; i < 3; i++)
            await CheckOthersAsync();

        await Task.WhenAll(bad);
    }

    [Fact]
    public async Task An_image_that_is_nowhere_is_told_of()
    {
        var reply = await tasks.Client.GetRemoteTaskAsync("127.0.0.1:1/nobody/nothing:1.0", "suma").Soon();

        Assert.Equal(HttpStatusCode.InternalServerError, reply.Status);
        Assert.StartsWith("Error al construir o subir la imagen: The image 127.0.0.1:1/nobody/nothing:1.0 is not here", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_too_long_for_an_engine_is_of_no_image()
    {
        var reply = await tasks.Client.GetRemoteTaskAsync(new string('a', 300), "suma");

        Assert.Equal(HttpStatusCode.InternalServerError, reply.Status);
        Assert.StartsWith("Error al construir o subir la imagen: ", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static (string?, string?, string?) Describe(JsonElement task) =>
        (task.GetProperty("state").GetString(), task.GetProperty("error_kind").GetString(), task.GetProperty("error").GetString());

    private async Task CheckOthersAsync()
    {
        var reply = await tasks.Client.GetRemoteTaskAsync(DockerEngine.TaskService, "suma", """{"a":2,"b":3}""");
        Assert.Equal((HttpStatusCode.OK, """{"resultado":5}"""), (reply.Status, reply.Text));
    }
}
