using System.Net;
using Docker.DotNet.Models;
using Granero.Tasks;
using Granero.Tests.Support;
using Granero.Tests.Support.Tasks;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>Silos and engines that go away.</summary>
[Collection(TasksCollection.Name)]
public sealed class TasksSurvivalTests(TasksCluster tasks)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_engine_a_task_gets_503_and_a_sentence()
    {
        if (!PostgresServer.IsGiven)
            throw PostgresServer.Missing();
        await using var silo = await TasksSilo.StartAsync(engine: null);

        var reply = await silo.Client.GetRemoteTaskAsync("task_service", "suma");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.StartsWith("No silo has a container engine", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/tasks")).Status);
    }

    [Fact]
    public async Task An_engine_that_does_not_answer_is_503_and_the_silo_stays_up()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:Engine", "http://127.0.0.1:1"));

        var reply = await silo.Client.GetRemoteTaskAsync("task_service", "suma");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Contains("does not answer", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/tasks")).Status);
    }

    [Fact]
    public async Task A_task_of_a_dead_runner_is_run_again_and_one_that_was_begun_too_often_fails()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine);
        await InsertOrphanAsync(silo, "11111111-1111-1111-1111-111111111111", attempts: 1);
        await InsertOrphanAsync(silo, "22222222-2222-2222-2222-222222222222", attempts: 2);

        var again = await silo.Client.EndOfAsync("/tasks/11111111-1111-1111-1111-111111111111");
        var lost = await silo.Client.EndOfAsync("/tasks/22222222-2222-2222-2222-222222222222");

        Assert.Equal(("succeeded", 2), (again.GetProperty("state").GetString(), again.GetProperty("attempts").GetInt32()));
        Assert.Equal(("failed", "runner_lost"), (lost.GetProperty("state").GetString(), lost.GetProperty("error_kind").GetString()));
    }

    [Fact]
    public async Task Containers_of_a_dead_runner_are_removed_and_those_of_others_stay()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine);
        var left = await CreateAsync(silo.Installation);
        var others = await CreateAsync(Guid.NewGuid().ToString());

        while ((await silo.ContainersAsync()).Length > 0)
            await Task.Delay(50, Cancelled); // the engine tells nobody

        await Assert.ThrowsAsync<Docker.DotNet.DockerContainerNotFoundException>(() => tasks.Engine.Client.Containers.InspectContainerAsync(left, Cancelled));
        await tasks.Engine.Client.Containers.RemoveContainerAsync(others, new() { Force = true }, Cancelled);
    }

    [Fact]
    public async Task What_a_container_of_a_dead_runner_has_logged_is_gathered()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine);
        var name = $"task_container_{Guid.NewGuid()}";
        var folder = Directory.CreateDirectory(Path.Combine(silo.LogsFolder, "containers", name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "task_service.log.json"), """{"mensaje":"the last"}""", Cancelled);
        await CreateAsync(silo.Installation, name);

        while (Directory.Exists(folder))
            await Task.Delay(50, Cancelled); // nobody tells

        Assert.Equal(["""{"mensaje":"the last"}"""], await File.ReadAllLinesAsync(Path.Combine(silo.LogsFolder, "task_service.log.json"), Cancelled));
    }

    [Fact]
    public async Task An_images_volumes_are_in_memory_and_limited()
    {
        var image = await tasks.Engine.BuildAsync("volumes", $"FROM {tasks.Bad.Ready}\nVOLUME /big /tmp/ /app/logs\n");
        var location = (await tasks.Client.SubmitAsync(image, "wait")).Location!;
        while ((await tasks.Client.GetAsync(location)).Json.GetProperty("state").GetString() != "running")
            await Task.Delay(10, Cancelled); // the service tells only who asks

        var found = Assert.Single(await tasks.Engine.ContainersAsync("granero.task", location.Split('/')[^1]));
        var container = await tasks.Engine.Client.Containers.InspectContainerAsync(found.ID, Cancelled);
        await tasks.Client.PostAsync(location + "/cancel", "");

        Assert.Equal([("bind", "/app/logs"), ("tmpfs", "/big"), ("tmpfs", "/tmp")], container.Mounts.Select(mount => (mount.Type, mount.Destination)).OrderBy(mount => mount.Destination, StringComparer.Ordinal));
        Assert.All(container.HostConfig.Mounts.Where(mount => mount.Type == "tmpfs"), mount => Assert.Equal(2_000_000, mount.TmpfsOptions.SizeBytes));
    }

    [Fact]
    public async Task A_container_has_all_its_limits()
    {
        var location = (await tasks.Client.SubmitAsync(tasks.Bad.Ready, "wait")).Location!;
        while ((await tasks.Client.GetAsync(location)).Json.GetProperty("state").GetString() != "running")
            await Task.Delay(10, Cancelled); // the service tells only who asks

        var task = location.Split('/')[^1];
        var found = Assert.Single(await tasks.Engine.ContainersAsync("granero.task", task));
        var container = await tasks.Engine.Client.Containers.InspectContainerAsync(found.ID, Cancelled);
        await tasks.Client.PostAsync(location + "/cancel", "");

        Assert.Matches("^/task_container_[0-9a-f-]{36}$", container.Name);
        Assert.Equal(tasks.Engine.Mark, container.HostConfig.NetworkMode);
        Assert.Equal("127.0.0.1", container.NetworkSettings.Ports["5000/tcp"].Single().HostIP);
        Assert.Contains(container.Mounts, mount => mount.Destination == "/app/logs");
        Assert.Equal((268435456L, 268435456L, 1_000_000_000L, 64L), (container.HostConfig.Memory, container.HostConfig.MemorySwap, container.HostConfig.NanoCPUs, container.HostConfig.PidsLimit));
        Assert.Equal(["ALL"], container.HostConfig.CapDrop);
        Assert.Equal(["no-new-privileges"], container.HostConfig.SecurityOpt);
        Assert.True(container.HostConfig.ReadonlyRootfs);
        Assert.False(container.HostConfig.Privileged);
        Assert.Contains(container.HostConfig.Mounts, mount => (mount.Type, mount.Target, mount.TmpfsOptions?.SizeBytes) == ("tmpfs", "/tmp", 2_000_000));
        Assert.Contains(container.HostConfig.Ulimits, limit => limit.Name == "nofile" && limit.Hard == 1024);
        Assert.Equal("65532:65532", container.Config.User);
        Assert.Equal(["granero.installation", "granero.runner", "granero.silo", "granero.task"], container.Config.Labels.Keys.Where(label => label.StartsWith("granero.", StringComparison.Ordinal) && label != "granero.sources").Order());
    }

    [Fact]
    public void The_default_settings_make_sense_and_one_that_does_not_is_named()
    {
        Assert.True(new TasksOptions().Validate(null, new()).Succeeded);
        (TasksOptions Options, string Sentence)[] mistakes =
        [
            (new() { Runner = "yes" }, "Tasks:Runner is 'yes'"), (new() { Engine = "docker" }, "Tasks:Engine is 'docker'"), (new() { Attempts = 0 }, "Tasks:Attempts is 0"),
            (new() { User = "0:0" }, "Tasks:User is '0:0'"), (new() { Reach = "x" }, "Tasks:Reach is 'x'"), (new() { QueueLength = 0 }, "Tasks:QueueLength is 0"),
            (new() { RunTimeout = TimeSpan.Zero }, "Tasks:RunTimeout is 00:00:00"), (new() { LogsFolder = "logs" }, "Tasks:LogsFolder is 'logs'"), (new() { TaskServiceSources = "/nowhere" }, "Tasks:TaskServiceSources is '/nowhere'"),
        ];
        foreach (var (options, sentence) in mistakes)
            Assert.StartsWith(sentence, options.Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }

    private static Task InsertOrphanAsync(TasksSilo silo, string id, int attempts) => silo.Database.Execute($$"""
        insert into remote_tasks (id, image, calculation, parameters, state, runner, attempts)
        values ('{{id}}', '{{DockerEngine.TaskService}}', 'suma', '{}', 'running', gen_random_uuid(), {{attempts}})
        """);

    private async Task<string> CreateAsync(string installation, string? name = null)
    {
        var parameters = new CreateContainerParameters
        {
            Name = name,
            Image = tasks.Bad.Unready,
            Labels = new Dictionary<string, string> { ["granero.installation"] = installation, ["granero.runner"] = Guid.NewGuid().ToString(), [tasks.Engine.Mark] = "" },
        };
        return (await tasks.Engine.Client.Containers.CreateContainerAsync(parameters, Cancelled)).ID;
    }
}
