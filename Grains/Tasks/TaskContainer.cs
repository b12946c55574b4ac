using System.Globalization;
using System.Net;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Granero.Tasks;

/// <summary>A container with a task service in it: asked whether it is ready, asked for a result, removed.</summary>
internal sealed class TaskContainer : IAsyncDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LaterLooks = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LogsLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    private readonly Engine _engine;
    private readonly TaskContainers _containers;
    private readonly HttpClient _http;
    private readonly string? _logsFolder;
    private readonly TaskLogs _logs;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watch;
    private volatile bool _wroteTooMuch;
    private int _isDisposed;

    /// <param name="engine">Where it runs.</param>
    /// <param name="containers">Removes it.</param>
    /// <param name="id">The engine's id of it.</param>
    /// <param name="address">Where its service is; null if it ended before it had one.</param>
    /// <param name="logsFolder">What it writes its logs to; null for none.</param>
    /// <param name="logs">Takes them over.</param>
    public TaskContainer(Engine engine, TaskContainers containers, string id, Uri? address, string? logsFolder, TaskLogs logs)
    {
        (_engine, _containers, Id, _logsFolder, _logs) = (engine, containers, id, logsFolder, logs);
        // Its own connections, which end with it: the next container may get the same port.
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, MaxResponseHeadersLength = 16 })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _watch = logsFolder is null ? Task.CompletedTask : Task.Run(() => WatchLogsAsync(logsFolder));
    }

    public string Id { get; }

    /// <summary>Returns once the service says that it is ready.</summary>
    /// <exception cref="RunFailedException">Not within the limit, or the container has ended.</exception>
    public async Task BecomeReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _over.Token);
        deadline.CancelAfter(limit);
        var exited = ExitedAsync(deadline.Token);
        try
        {
            for (var pause = FirstLook; ; pause = LaterLooks)
            {
                await Task.WhenAny(Task.Delay(pause, deadline.Token), exited);
                deadline.Token.ThrowIfCancellationRequested();
                if (exited.IsCompleted)
                {
                    await exited;
                    throw await DiagnoseAsync(RemoteTaskErrorKind.Exited, "The service was not ready.");
                }

                if (await IsReadyAsync(deadline.Token))
                    return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw await DiagnoseAsync(RemoteTaskErrorKind.NotReady, $"The service did not answer GET /status/ with 200 within {Seconds(limit)} s.");
        }
        finally
        {
            await deadline.CancelAsync();
        }
    }

    /// <returns>Whether the service answers now.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (_http.BaseAddress is null)
            return false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestLook);
        try
        {
            using var response = await _http.GetAsync(new Uri("status/", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Asks the service for the task's result.</summary>
    /// <exception cref="RunFailedException">There is none.</exception>
    public async Task<TaskAnswer> RunAsync(RemoteTaskRequest request, TimeSpan limit, int maxBytes, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _over.Token);
        deadline.CancelAfter(limit);
        try
        {
            return await AskAsync(request, maxBytes, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw await DiagnoseAsync(RemoteTaskErrorKind.TimedOut, $"The service did not give its answer within {Seconds(limit)} s.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            await AwaitExitAsync(); // which shows a little later than the end of its connections
            throw await DiagnoseAsync(RemoteTaskErrorKind.TaskError, "The service broke off.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _over.CancelAsync();
        await _containers.RemoveAsync(Id);
        await _watch;
        _http.Dispose();
        _logs.Collect(_logsFolder);
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static async Task<byte[]> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > maxBytes)
            throw TooLong(maxBytes);
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var (body, buffer) = (new MemoryStream(), new byte[16 * 1024]);
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > maxBytes)
                throw TooLong(maxBytes);
            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return body.ToArray();
    }

    private static RunFailedException TooLong(int maxBytes) =>
        new(RemoteTaskErrorKind.AnswerTooLong, $"The service's answer is longer than {maxBytes} bytes.");

    private static ByteArrayContent BodyOf(RemoteTaskRequest request)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("parametros");
            json.WriteRawValue(request.Parameters, skipInputValidation: true);
            json.WriteString("calculo", request.Calculation);
            json.WriteEndObject();
        }

        return new(buffer.ToArray()) { Headers = { ContentType = new("application/json") } };
    }

    private async Task<TaskAnswer> AskAsync(RemoteTaskRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("ejecutarTarea/", UriKind.Relative)) { Content = BodyOf(request) };
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new RunFailedException(RemoteTaskErrorKind.TaskError, $"The service answered with {(int)response.StatusCode}.", (int)response.StatusCode);
        return new(await ReadAsync(response.Content, maxBytes, cancellationToken), TypeOf(response.Content));
    }

    /// <returns>The service's own word, as it came; JSON for one that no header of ours can say.</returns>
    private static string? TypeOf(HttpContent content)
    {
        var type = content.Headers.TryGetValues("Content-Type", out var types) ? types.First() : null;
        return type.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "application/json" : type;
    }

    /// <summary>A container that writes too much is removed at once, whatever it is doing: the disk is not its own.</summary>
    private async Task WatchLogsAsync(string folder)
    {
        while (!_over.IsCancellationRequested)
        {
            await Task.Delay(LogsLook, _over.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (_over.IsCancellationRequested || !_logs.IsTooFull(folder))
                continue;
            _wroteTooMuch = true;
            await _containers.RemoveAsync(Id);
            await _over.CancelAsync();
        }
    }

    /// <returns>Completes when the container has ended.</returns>
    private async Task ExitedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_http.BaseAddress is not null)
                await _engine.CallAsync(client => client.Containers.WaitContainerAsync(Id, cancellationToken), cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // Ended, and removed as well.
        }
    }

    private async Task AwaitExitAsync()
    {
        using var limit = new CancellationTokenSource(LongestLook);
        try
        {
            await ExitedAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It runs still.
        }
    }

    /// <summary>Looks what the container itself says about a failure.</summary>
    private async Task<RunFailedException> DiagnoseAsync(RemoteTaskErrorKind kind, string sentence)
    {
        if (_wroteTooMuch)
            return new(RemoteTaskErrorKind.WroteTooMuch, "The container wrote more into /app/logs than it may, and was removed.");
        if (await FindAsync() is not { } container)
            return new(kind, $"{sentence} The container is gone.");
        if (container.State.OOMKilled)
            return new(RemoteTaskErrorKind.OutOfMemory, $"{sentence} The container came up against its limit of {container.HostConfig.Memory} bytes of memory.");
        if (!container.State.Running)
            return new(kind, $"{sentence} The container ended with code {container.State.ExitCode}.");
        return new(kind, await IsAtProcessLimitAsync(container.HostConfig.PidsLimit) ? $"{sentence} It runs {container.HostConfig.PidsLimit} processes, which is its limit." : sentence);
    }

    /// <returns>Null if somebody has removed it.</returns>
    private async Task<ContainerInspectResponse?> FindAsync()
    {
        try
        {
            return await _engine.CallAsync(client => client.Containers.InspectContainerAsync(Id), CancellationToken.None);
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
    }

    private async Task<bool> IsAtProcessLimitAsync(long? limit)
    {
        // The engine may never answer this for a container that ends meanwhile.
        using var deadline = new CancellationTokenSource(LongestLook);
        var (statistics, parameters) = (new LastStatistics(), new ContainerStatsParameters { Stream = false, OneShot = true });
        try
        {
            await _engine.CallAsync(client => client.Containers.GetContainerStatsAsync(Id, parameters, statistics, deadline.Token), deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception failure) when (failure is DockerApiException or OperationCanceledException)
        {
            return false;
        }

        return limit is { } most && statistics.Processes >= (ulong)most;
    }

    private sealed class LastStatistics : IProgress<ContainerStatsResponse>
    {
        public ulong Processes { get; private set; }

        public void Report(ContainerStatsResponse value) => Processes = value.PidsStats?.Current ?? 0;
    }
}
