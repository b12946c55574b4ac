using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Granero.Bench.Tasks;

/// <summary>The engine as its own command uses it: what a run takes without Granero, and what Granero has there.</summary>
internal sealed class DockerCommand : IAsyncDisposable
{
    public const string Image = "task_service:latest";

    private const string GranerosLabel = "granero.installation";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly List<string> _containers = [];
    private readonly HashSet<string> _others;

    /// <param name="others">Containers of another Granero on this engine.</param>
    private DockerCommand(HashSet<string> others) => _others = others;

    /// <summary>Containers that Granero may have at any instant.</summary>
    public static int Limit => Environment.ProcessorCount;

    /// <exception cref="BenchException">There is no engine, or not the image.</exception>
    public static async Task<DockerCommand> FindAsync()
    {
        await RunAsync("inspect", "--type", "image", "--format", "{{.Id}}", Image);
        return new([.. await ListAsync()]);
    }

    /// <summary><c>docker run</c>, until its service answers with 200 for the first time; the container is removed afterwards.</summary>
    public async Task<TimeSpan> RunUntilReadyAsync()
    {
        var began = Stopwatch.GetTimestamp();
        var container = await RunAsync("run", "--detach", "--publish", "127.0.0.1::5000", Image);
        _containers.Add(container);
        var port = (await RunAsync("port", container, "5000/tcp")).Split('\n')[0].Split(':')[^1];
        while (!await IsReadyAsync(port))
            await Task.Delay(Look);
        var took = Stopwatch.GetElapsedTime(began);
        await RemoveAsync(container);
        return took;
    }

    /// <summary>Returns once Granero has no container, warm ones included.</summary>
    public async Task UntilNoneAsync()
    {
        while (await CountAsync() > 0)
            await Task.Delay(100);
    }

    /// <returns>The most containers that Granero had until it is done.</returns>
    public async Task<int> MostContainersAsync(CancellationToken done)
    {
        var most = 0;
        while (!done.IsCancellationRequested)
            most = Math.Max(most, await CountAsync());
        return most;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var container in _containers.ToArray())
            await RemoveAsync(container);
        _http.Dispose();
    }

    private async Task<int> CountAsync() => (await ListAsync()).Count(container => !_others.Contains(container));

    private static async Task<string[]> ListAsync() =>
        (await RunAsync("ps", "--all", "--quiet", "--filter", $"label={GranerosLabel}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (docker.StandardOutput.ReadToEndAsync(), docker.StandardError.ReadToEndAsync());
        await docker.WaitForExitAsync();
        return docker.ExitCode == 0
            ? (await output).Trim()
            : throw new BenchException($"docker {arguments[0]} ended with {docker.ExitCode.ToString(CultureInfo.InvariantCulture)}: {(await error).Trim()}");
    }

    private async Task RemoveAsync(string container)
    {
        await RunAsync("rm", "--force", container);
        _containers.Remove(container);
    }

    private async Task<bool> IsReadyAsync(string port)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/status/"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or IOException or SocketException)
        {
            return false;
        }
    }
}
