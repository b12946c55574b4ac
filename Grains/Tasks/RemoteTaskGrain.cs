using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace Granero.Tasks;

/// <summary>A run. Its row is the truth and this silo's runner does the work, so two activations do no harm.</summary>
[GrainType("remote-task"), RandomPlacement] // over all silos with an engine; what a silo has in memory or on its processors says nothing of its engine's places
internal sealed class RemoteTaskGrain(
    RemoteTaskStore store, TaskRunner runner, LeaseJudge others, AllowedImages allowed, Engine engine, IOptions<TasksOptions> options, TimeProvider time) : Grain, IRemoteTaskGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private RegistryCredentials? _credentials;

    private Guid Id => this.GetPrimaryKey();

    public async Task<RemoteTask> Submit(RemoteTaskRequest request, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        _credentials = credentials;
        if (!ImageName.TryParse(request.Image, out var image))
            throw new ArgumentException($"{request.Image} is no name of an image.", nameof(request));
        allowed.Check(image);
        if (!await engine.IsUpAsync(cancellationToken) && await store.Find(Id, cancellationToken) is null)
            throw new GraneroException(ErrorCode.EngineUnavailable, "The engine that runs containers does not answer right now: try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(5) };
        return await Enqueue(request, cancellationToken) ?? await Repeated(request, cancellationToken);
    }

    public async Task<RemoteTaskReport> WaitForEnd(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var (began, longest) = (time.GetTimestamp(), atMost < LongestWait ? atMost : LongestWait);
        while (true)
        {
            var left = longest - time.GetElapsedTime(began);
            if (runner.EndOf(Id) is { } end)
                await end.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Current);
            var report = await store.Find(Id, cancellationToken) ?? throw NotFound();
            if (report.Task.HasEnded || left <= TimeSpan.Zero)
                return report;
            if (runner.EndOf(Id) is null)
            {
                // In another silo's hands, or in those of a dead one.
                await TryTakeOver(cancellationToken);
                await Task.Delay(Look, time, cancellationToken);
            }
        }
    }

    public async Task<RemoteTask> Cancel(CancellationToken cancellationToken)
    {
        await store.Cancel(Id, cancellationToken);
        await runner.CancelAsync(Id);
        if (runner.EndOf(Id) is { } end)
            await end.WaitAsync(LongestWait, time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Current);
        return (await store.Find(Id, cancellationToken) ?? throw NotFound()).Task;
    }

    public async Task TakeOver(CancellationToken cancellationToken)
    {
        if (runner.EndOf(Id) is not null || !others.CanJudge)
            return; // whoever asks for it does so again
        runner.Reserve();
        RemoteTaskRequest? request = null;
        try
        {
            request = await store.TakeOver(Id, runner.Id, options.Value.Attempts, cancellationToken);
        }
        finally
        {
            if (request is null)
                runner.GiveBack();
        }

        if (request is not null)
            runner.Begin(Id, request, _credentials);
    }

    private async Task TryTakeOver(CancellationToken cancellationToken)
    {
        try
        {
            await TakeOver(cancellationToken);
        }
        catch (GraneroException)
        {
            // No room now, and whoever waits for the end is told of the end alone.
        }
    }

    /// <returns>Null if there is a run of this id already.</returns>
    private async Task<RemoteTask?> Enqueue(RemoteTaskRequest request, CancellationToken cancellationToken)
    {
        try
        {
            runner.Reserve();
        }
        catch (GraneroException) when (runner.EndOf(Id) is not null)
        {
            return null;
        }

        DateTimeOffset? createdAt = null;
        try
        {
            createdAt = await store.Add(Id, request, runner.Id, cancellationToken);
        }
        finally
        {
            if (createdAt is null)
                runner.GiveBack();
        }

        if (createdAt is not { } at)
            return null;
        runner.Begin(Id, request, _credentials);
        return new(Id, request.Image, request.Calculation, RemoteTaskState.Queued, 0, null, at, null, null, null, null, null, null);
    }

    private async Task<RemoteTask> Repeated(RemoteTaskRequest request, CancellationToken cancellationToken)
    {
        if (await store.FindRequest(Id, cancellationToken) != request)
            throw new GraneroException(ErrorCode.IdempotencyKeyReused, "This Idempotency-Key came with another request before: choose a new one.");
        return (await store.Find(Id, cancellationToken) ?? throw NotFound()).Task;
    }

    private static GraneroException NotFound() => new(ErrorCode.TaskNotFound, "There is no task of that id.");
}
