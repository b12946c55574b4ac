using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>Runs tasks on this silo's engine: a bounded queue before a number of places. Grains hand runs in and ask how they end; none waits in here.</summary>
internal sealed partial class TaskRunner(
    RunnerIdentity identity, RunRecords records, TaskRun run, Engine engine, IOptions<TasksOptions> options, TaskLogs logs, ILogger<TaskRunner> logger)
{
    private static readonly TimeSpan EnginePause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, RunInHand> _inHand = new();
    private int _count;
    private volatile bool _isStopping;

    public Guid Id => identity.Runner;

    /// <summary>Takes a place for a run; <see cref="Begin"/> or <see cref="GiveBack"/> is to follow.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TaskQueueFull"/>.</exception>
    /// <exception cref="SiloUnavailableException">The silo stops; whoever asks again is answered by another one.</exception>
    public void Reserve()
    {
        if (_isStopping)
            throw new SiloUnavailableException("This silo stops, and takes no more tasks.");
        if (Interlocked.Increment(ref _count) <= options.Value.QueueLength + options.Value.Containers)
            return;
        GiveBack();
        throw new GraneroException(ErrorCode.TaskQueueFull, $"{options.Value.QueueLength} tasks wait already: try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    public void GiveBack() => Interlocked.Decrement(ref _count);

    /// <summary>Begins with a run that is recorded as this runner's, beside the caller.</summary>
    public void Begin(Guid id, RemoteTaskRequest request, RegistryCredentials? credentials)
    {
        var inHand = new RunInHand(id, request, credentials);
        if (!_inHand.TryAdd(id, inHand))
        {
            GiveBack();
            inHand.Dispose();
            return;
        }

        _ = Task.Run(() => SeeThroughAsync(inHand));
    }

    /// <returns>Completes when this silo has nothing to do with the run any more; null if it has not now.</returns>
    public Task? EndOf(Guid id) => _inHand.TryGetValue(id, out var inHand) ? inHand.Ended : null;

    public Task CancelAsync(Guid id) => _inHand.TryGetValue(id, out var inHand) ? inHand.CancelAsync() : Task.CompletedTask;

    /// <summary>Ends what is under way, without an outcome: another silo may run it.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        var all = _inHand.Values.ToArray();
        await Task.WhenAll(all.Select(inHand => inHand.CancelAsync()));
        await Task.WhenAll(all.Select(inHand => inHand.Ended));
    }

    private async Task SeeThroughAsync(RunInHand inHand)
    {
        try
        {
            if (await TryAsync(inHand) is { } outcome)
                await RecordAsync(inHand, outcome);
        }
        catch (OperationCanceledException) when (inHand.Cancelled.IsCancellationRequested)
        {
            if (!_isStopping)
                TasksTelemetry.TaskEnded(nameof(RemoteTaskState.Cancelled), inHand.Since);
            Tell(LogLevel.Information, $"La tarea {inHand.Id} fue cancelada");
        }
        catch (Exception failure)
        {
            // The run stays this runner's, and unfinished, until the runner is gone.
            LogUnexpected(failure, inHand.Id);
            await RecordAsync(inHand, RunOutcome.Failed(RemoteTaskErrorKind.EngineFailed, "Something went wrong here. It is in the log."));
        }
        finally
        {
            _inHand.TryRemove(inHand.Id, out _);
            GiveBack();
            inHand.End();
        }
    }

    /// <returns>Null if somebody else has the run in hand.</returns>
    private async Task<RunOutcome?> TryAsync(RunInHand inHand)
    {
        while (true)
        {
            try
            {
                return await run.RunAsync(inHand, inHand.Cancelled);
            }
            catch (RunFailedException failure)
            {
                return failure.Outcome;
            }
            catch (EngineException failure)
            {
                LogEngineFailed(inHand.Id, failure.Message);
                if (inHand.Attempt >= options.Value.Attempts || !await EngineReturnsAsync(inHand.Cancelled))
                    return RunOutcome.Failed(RemoteTaskErrorKind.EngineFailed, failure.Message);
            }
        }
    }

    private async Task<bool> EngineReturnsAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await engine.IsUpAsync(cancellationToken))
        {
            if (TimeProvider.System.GetElapsedTime(began) > options.Value.EngineWait)
                return false;
            await Task.Delay(EnginePause, cancellationToken);
        }

        return true;
    }

    private async Task RecordAsync(RunInHand inHand, RunOutcome outcome)
    {
        Tell(outcome.Error is null ? LogLevel.Information : LogLevel.Error, $"La tarea {inHand.Id} terminó", outcome.Error);
        LogEnded(inHand.Id, outcome.Error ?? "with an answer");
        await records.RecordAsync(inHand.Id, outcome, inHand.Cancelled);
        TasksTelemetry.TaskEnded(outcome.ErrorKind?.ToString() ?? nameof(RemoteTaskState.Succeeded), inHand.Since);
    }

    private void Tell(LogLevel level, string message, string? exception = null) => logs.Write(level, "tareas", message, exception);

    [LoggerMessage(3010, LogLevel.Information, "Task {Task} has ended: {How}")]
    private partial void LogEnded(Guid task, string how);

    [LoggerMessage(3011, LogLevel.Warning, "The engine failed under task {Task}: {Reason}")]
    private partial void LogEngineFailed(Guid task, string reason);

    [LoggerMessage(3013, LogLevel.Error, "Task {Task} failed")]
    private partial void LogUnexpected(Exception failure, Guid task);
}

/// <summary>A run that this silo works on. The credentials are here and nowhere else.</summary>
internal sealed class RunInHand(Guid id, RemoteTaskRequest request, RegistryCredentials? credentials) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id => id;

    public RemoteTaskRequest Request => request;

    public RegistryCredentials? Credentials => credentials;

    public CancellationToken Cancelled => _cancel.Token;

    public Task Ended => _ended.Task;

    /// <summary>When it came into this silo's hands, as a timestamp of Stopwatch.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();

    /// <summary>Which attempt this is; 0 before the first.</summary>
    public int Attempt { get; set; }

    public Task CancelAsync() => _cancel.CancelAsync();

    public void End() => _ended.TrySetResult();

    public void Dispose() => _cancel.Dispose();
}
