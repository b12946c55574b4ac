using System.Net;
using System.Text;
using Granero.Tasks;
using Granero.Tests.Support.Tasks;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>Where images come from, which ones may run, and that credentials stay where they are.</summary>
[Collection(TasksCollection.Name)]
public sealed class TaskImagesTests(TasksCluster tasks)
{
    private static readonly string Password = Convert.ToBase64String(Encoding.UTF8.GetBytes(FakeRegistry.Token));
    private static readonly string Credentials = $$"""{"usuario":"{{FakeRegistry.User}}","password":"{{Password}}"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_that_cannot_be_pulled_is_built_pushed_and_from_then_on_pulled()
    {
        await using var registry = await FakeRegistry.StartAsync();
        var sources = Directory.CreateTempSubdirectory("granero-sources-");
        await File.WriteAllTextAsync(Path.Combine(sources.FullName, "Dockerfile"), $"FROM {DockerEngine.TaskService}\nLABEL built=here\n", Cancelled);
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:TaskServiceSources", sources.FullName));
        var image = $"{registry.Name}/{FakeRegistry.User}/tasks:1.0";

        var built = await silo.Client.GetRemoteTaskAsync($"{registry.Name}/{FakeRegistry.User}/tasks:1.0", "suma", credentials: Credentials);
        Assert.Equal((HttpStatusCode.OK, """{"resultado":0}"""), (built.Status, built.Text));
        Assert.Contains("ana/tasks/manifests/1.0", registry.Manifests);

        await tasks.Engine.RemoveImageAsync(image);
        await using var later = await TasksSilo.StartAsync(tasks.Engine); // knows nothing of the image that was here a moment ago
        var stranger = await later.Client.GetRemoteTaskAsync(image, "suma");
        var pulled = await later.Client.GetRemoteTaskAsync(image, "suma", credentials: Credentials);
        await tasks.Engine.RemoveImageAsync(image);
        sources.Delete(recursive: true);

        Assert.Equal(HttpStatusCode.InternalServerError, stranger.Status);
        Assert.Equal((HttpStatusCode.OK, """{"resultado":0}"""), (pulled.Status, pulled.Text));
        await CheckNoSecretsAsync(silo, built.Text);
        await CheckNoSecretsAsync(later, stranger.Text);
    }

    [Fact]
    public async Task A_build_that_cannot_be_pushed_is_told_of_without_secrets()
    {
        await using var registry = await FakeRegistry.StartAsync();
        var sources = Directory.CreateTempSubdirectory("granero-sources-");
        await File.WriteAllTextAsync(Path.Combine(sources.FullName, "Dockerfile"), $"FROM {DockerEngine.TaskService}\nRUN {FakeRegistry.Token}\n", Cancelled);
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:TaskServiceSources", sources.FullName));

        var reply = await silo.Client.GetRemoteTaskAsync($"{registry.Name}/x/tasks:1.0", "suma", credentials: Credentials);
        sources.Delete(recursive: true);

        Assert.Equal(HttpStatusCode.InternalServerError, reply.Status);
        Assert.StartsWith("Error al construir o subir la imagen: ", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(["build_failed"], await silo.Database.Rows("select error_kind from remote_tasks"));
        await CheckNoSecretsAsync(silo, reply.Text);
    }

    [Fact]
    public async Task Only_images_that_fit_a_pattern_may_run()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:AllowedImages:0", "task_service:lat*"));

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetRemoteTaskAsync("task_service", "suma")).Status);
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetRemoteTaskAsync("docker.io/library/task_service", "suma")).Status);
        var refused = await silo.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "echo");
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("Tasks:AllowedImages", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await silo.Client.SubmitAsync("evil.example/task_service", "suma")).Status);
    }

    [Fact]
    public async Task A_pattern_can_ask_for_a_digest()
    {
        var id = (await tasks.Engine.Client.Images.InspectImageAsync(DockerEngine.TaskService, Cancelled)).ID;
        await using var right = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:AllowedImages:0", $"task_service@{id}"));
        await using var wrong = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:AllowedImages:0", $"task_service@sha256:{new string('0', 64)}"));

        Assert.Equal(HttpStatusCode.OK, (await right.Client.GetRemoteTaskAsync("task_service", "suma")).Status);
        Assert.Equal("pull_failed", (await wrong.Client.RunAsync("task_service", "suma")).GetProperty("error_kind").GetString());
    }

    [Theory]
    [InlineData("task_service", null, "task_service", "latest")]
    [InlineData("docker.io/library/task_service:1", null, "task_service", "1")]
    [InlineData("ana/repo:v1.0-x_y", null, "ana/repo", "v1.0-x_y")]
    [InlineData("localhost/repo", "localhost", "repo", "latest")]
    [InlineData("reg.example.com:5000/a/b/c:2", "reg.example.com:5000", "a/b/c", "2")]
    public void The_name_of_an_image_has_a_registry_a_path_and_a_tag(string text, string? registry, string path, string tag)
    {
        Assert.True(ImageName.TryParse(text, out var name));
        Assert.Equal((registry, path, tag, null), (name.Registry, name.Path, name.Tag, name.Digest));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Upper")]
    [InlineData("a//b")]
    [InlineData("../x")]
    [InlineData("a:b:c")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("a@sha256:12")]
    [InlineData("a\n")]
    [InlineData("http://a/b")]
    public void What_is_no_name_is_none(string text) => Assert.False(ImageName.TryParse(text, out _));

    [Fact]
    public void Neither_credentials_nor_what_contains_them_show_in_text()
    {
        var credentials = new RegistryCredentials("ana", "secret");

        Assert.DoesNotContain("secret", credentials.ToString(), StringComparison.Ordinal);
        Assert.Equal("a ******** b ********", Secrets.Mask("a secret b " + Convert.ToBase64String("ana:secret"u8), credentials));
    }

    [Theory]
    [InlineData("""to\"k\\en/ñ+""")]
    [InlineData("""to\\\"k\\\\en/ñ+""")]
    [InlineData("""to\u0022k\\en/\u00F1\u002B""")]
    [InlineData("to%22k%5Cen%2F%C3%B1%2B")]
    [InlineData("dG8ia1xlbi_DsSs")]
    [InlineData("dG8ia1xlbi/DsSs")]
    [InlineData("YW5hOnRvImtcZW4vw7Er")]
    public void A_secret_is_masked_however_it_is_written(string written) =>
        Assert.Equal("a ******** b", Secrets.Mask($"a {written} b", new("ana", """to"k\en/ñ+""")));

    [Fact]
    public void A_secret_in_base64_is_masked_without_its_padding_too() =>
        Assert.Equal("a ******** b ********", Secrets.Mask("a dG9rZQ== b dG9rZQ", new("ana", "toke")));

    private static async Task CheckNoSecretsAsync(TasksSilo silo, string reply)
    {
        var everything = string.Join('\n', [.. await silo.Database.Rows("select t::text from remote_tasks t"), reply, await File.ReadAllTextAsync(Path.Combine(silo.LogsFolder, "servidor.log.json"), Cancelled)]);
        Assert.DoesNotContain(FakeRegistry.Token, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, everything, StringComparison.Ordinal);
    }
}
