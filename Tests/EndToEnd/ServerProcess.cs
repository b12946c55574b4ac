using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Granero.Tests.EndToEnd;

/// <summary>One of Granero's programs as a process of its own: started, waited for, killed, asked to stop.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int MostLines = 20_000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly NetworkPlace? _place;
    private readonly HttpClient _http;
    private readonly int _healthPort = FreePort();
    private readonly Queue<string> _output = [];
    private Process? _process;

    /// <param name="project">Its folder in the repository.</param>
    /// <param name="assembly">Its program.</param>
    /// <param name="settings">Its environment.</param>
    /// <param name="place">The network that it lives in; without one it shares the tests' own.</param>
    public ServerProcess(string project, string assembly, IReadOnlyDictionary<string, string> settings, NetworkPlace? place = null)
    {
        (_program, _settings, _place) = (ProgramOf(project, assembly), settings, place);
        _http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { Timeout = TimeSpan.FromSeconds(2) };
    }

    /// <summary>What the log calls it.</summary>
    public string Name { get; init; } = "server";

    /// <summary>Whether it runs, or is stopped by a signal.</summary>
    public bool IsAlive => _process is { HasExited: false };

    /// <summary>The process's id, also when it has ended.</summary>
    public int Id { get; private set; }

    public string Log
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>A port that nobody has now, and that no outgoing connection will be given: those are above 32,767.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Any, Random.Shared.Next(14_000, 32_000)));
                return ((IPEndPoint)probe.LocalEndPoint!).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }
    }

    public void Start()
    {
        string[] command = [.. _place?.Enter ?? [], "dotnet", _program];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        start.Environment[ProcessGuard.Variable] = ProcessGuard.Marker;
        start.Environment["Health__Port"] = $"{_healthPort}";
        _process = Process.Start(start)!;
        Id = _process.Id;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Returns once <c>/health/ready</c> says so.</summary>
    public async Task BecomeReadyAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        while (await StatusOfAsync("ready", cancellationToken) != HttpStatusCode.OK)
        {
            if (_process!.HasExited || started.Elapsed > StartLimit)
                throw new InvalidOperationException($"{Name} did not become ready:\n{Log}");
            await Task.Delay(20, cancellationToken); // between two looks at another process, which tells nobody when it is ready
        }
    }

    /// <returns>The answer of a health endpoint; null when nobody answers.</returns>
    public async Task<HttpStatusCode?> StatusOfAsync(string health, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{_healthPort}/health/{health}"), cancellationToken);
            return response.StatusCode;
        }
        catch (Exception silent) when (silent is HttpRequestException || (silent is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>SIGSTOP: it does nothing any more, and keeps its memory and its connections.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT: it goes on where it was, and knows nothing of the time between.</summary>
    public Task GoOnAsync() => SignalAsync("CONT");

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and the process's end.</summary>
    /// <returns>Its exit code and how long it took.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await SignalAsync("TERM");
        await _process!.WaitForExitAsync(cancellationToken);
        return (_process.ExitCode, Stopwatch.GetElapsedTime(began));
    }

    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
            await KillAsync();
        _process?.Dispose();
        _http.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = _place?.NewSocket() ?? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The program in its own project's output, of the same configuration as the tests.</summary>
    private static string ProgramOf(string project, string assembly)
    {
        var output = Path.GetRelativePath(RepositoryRoot(), AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar, 2)[1];
        return Path.Combine(RepositoryRoot(), project, output, assembly);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Orleans.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.Enqueue(line.Data ?? "");
            if (_output.Count > MostLines)
                _output.Dequeue();
        }
    }
}
