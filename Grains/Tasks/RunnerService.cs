using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>
/// Keeps this silo known as one that runs containers, removes containers that dead ones left, and has their runs taken over. When the
/// silo stops, it takes leave: its runs are others' at once.
/// </summary>
internal sealed partial class RunnerService(
    RunnerIdentity identity,
    RunnerStore runners,
    TaskRunner runner,
    ContainerSlots slots,
    TaskContainers containers,
    IGrainFactory grains,
    IOptions<TasksOptions> options,
    LeaseJudge others,
    ILogger<RunnerService> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(RunnerService), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stop.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // Who is told that the silo is ready finds a runner.
        await TryAsync("enter itself", () => RenewAsync(cancellationToken));
        // Apart from each other: an engine that takes its time must not make a living runner look dead.
        _work = Task.WhenAll(
            Task.Run(() => RepeatAsync("renew its lease", options.Value.RunnerLease / 5, RenewAsync), CancellationToken.None),
            Task.Run(() => RepeatAsync("sweep", BetweenSweeps, SweepAsync), CancellationToken.None),
            Task.Run(() => RepeatAsync("remove containers", BetweenLooks, _ => slots.RemoveColdAsync()), CancellationToken.None));
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await TryAsync("end its work in time", () => EndWorkAsync().WaitAsync(StopWithin, CancellationToken.None));
        await TryAsync("take leave", () => runners.Leave(identity.Runner, CancellationToken.None));
    }

    /// <summary>What an engine that does not answer leaves behind is found by the next sweep, here or elsewhere.</summary>
    private async Task EndWorkAsync()
    {
        await runner.StopAsync();
        await slots.RemoveAllAsync();
        await _work;
    }

    private async Task RepeatAsync(string what, TimeSpan pause, Func<CancellationToken, Task> step)
    {
        while (!_stop.IsCancellationRequested)
        {
            await TryAsync(what, () => step(_stop.Token));
            await Task.Delay(pause, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (identity.Installation == Guid.Empty)
            identity.Installation = await runners.Installation(cancellationToken);
        await runners.Renew(identity.Runner, identity.Silo, options.Value.RunnerLease, cancellationToken);
        others.Renewed();
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (!others.CanJudge)
            return;
        await TryAsync("have runs taken over", () => grains.GetGrain<ITaskSweepGrain>(0).Sweep(cancellationToken));
        await containers.SweepAsync(cancellationToken);
    }

    /// <summary>What fails now is done the next time.</summary>
    private async Task TryAsync(string what, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The silo stops.
        }
        catch (Exception failure)
        {
            LogFailed(what, failure.GetType().Name, failure.Message);
        }
    }

    [LoggerMessage(3001, LogLevel.Warning, "The runner of containers could not {What} now: {Kind}: {Reason}")]
    private partial void LogFailed(string what, string kind, string reason);
}
