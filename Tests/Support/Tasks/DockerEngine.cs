using System.Formats.Tar;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Granero.Tests.Support.Tasks;

/// <summary>
/// The container engine that the tests use: at DOCKER_HOST or the usual socket; <c>./test</c> sees to one, and to the image task_service. Without
/// it the tests that need it are skipped, loudly; where CI is set they fail.
/// </summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    public const string TaskService = "task_service:latest";

    private static readonly Uri Address = new(Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } given ? given : "unix:///var/run/docker.sock");
    private readonly List<string> _images = [];

    private DockerEngine(DockerClient client) => Client = client;

    public static string? Fault { get; private set; }

    public DockerClient Client { get; }

    /// <summary>Labels, networks and images of this run of the tests have this name in theirs.</summary>
    public string Mark { get; } = $"granero_test_{Guid.NewGuid():N}";

    public static Exception Missing() => PostgresServer.SkipOrFail($"{Fault}, so no containers are tested: run ./test");

    /// <returns>Null if there is none; <see cref="Fault"/> says why.</returns>
    public static async Task<DockerEngine?> FindAsync()
    {
        var client = new DockerClientConfiguration(Address).CreateClient();
        try
        {
            await client.System.PingAsync(new CancellationTokenSource(TimeSpan.FromSeconds(5)).Token);
            await client.Images.InspectImageAsync(TaskService);
            return new(client);
        }
        catch (Exception failure) when (failure is DockerApiException or HttpRequestException or OperationCanceledException or TimeoutException or IOException)
        {
            Fault = failure is DockerImageNotFoundException ? $"The image {TaskService} is missing" : $"No container engine answers at {Address}";
            client.Dispose();
            return null;
        }
    }

    /// <summary>Builds an image <c>FROM scratch</c> or from one of this run.</summary>
    /// <param name="name">What is added to the mark.</param>
    /// <param name="dockerfile">Its Dockerfile.</param>
    /// <param name="files">Files of this machine, by where <c>COPY files /</c> puts them.</param>
    public async Task<string> BuildAsync(string name, string dockerfile, IEnumerable<(string Path, string Source)>? files = null)
    {
        var image = $"{Mark}/{name}:latest";
        using var context = new MemoryStream();
        await using (var tar = new TarWriter(context, leaveOpen: true))
        {
            await using (var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(dockerfile)))
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "Dockerfile") { DataStream = text });
            foreach (var (path, source) in files ?? [])
                await WriteAsync(tar, "files" + path, source);
        }

        context.Position = 0;
        var said = new List<string>();
        var parameters = new ImageBuildParameters { Tags = [image], Labels = new Dictionary<string, string> { [Mark] = "" }, Remove = true, ForceRemove = true };
        await Client.Images.BuildImageFromDockerfileAsync(parameters, context, [], new Dictionary<string, string>(), new Messages(said));
        _images.Add(image);
        return await ExistsAsync(image) ? image : throw new InvalidOperationException($"{image} was not built: {string.Join('\n', said)}");
    }

    public async Task<bool> ExistsAsync(string image)
    {
        try
        {
            await Client.Images.InspectImageAsync(image);
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            return false;
        }
    }

    public async Task RemoveImageAsync(string image)
    {
        if (await ExistsAsync(image))
            await Client.Images.DeleteImageAsync(image, new ImageDeleteParameters { Force = true });
    }

    /// <returns>The containers that have a label with this value, in whatever state they are.</returns>
    public async Task<ContainerListResponse[]> ContainersAsync(string label, string value)
    {
        var filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"{label}={value}"] = true } };
        return [.. await Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filters })];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var image in Enumerable.Reverse(_images))
            await RemoveImageAsync(image);
        var networks = await Client.Networks.ListNetworksAsync();
        foreach (var network in networks.Where(network => network.Name == Mark))
            await Client.Networks.DeleteNetworkAsync(network.ID);
        Client.Dispose();
    }

    private static async Task WriteAsync(TarWriter tar, string path, string source)
    {
        await using var content = File.OpenRead(source); // follows links, which lead nowhere in an image
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content, Mode = (UnixFileMode)0b111_101_101 });
    }

    private sealed class Messages(List<string> said) : IProgress<JSONMessage>
    {
        public void Report(JSONMessage value) => said.Add(value.Stream ?? value.ErrorMessage ?? value.Status ?? "");
    }
}
