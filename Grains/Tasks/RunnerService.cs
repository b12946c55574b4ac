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
    ILogger<RunnerService> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private const int SweepEveryTicks = 5;

    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(RunnerService), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stop.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // Who is told that the silo is ready finds a runner.
        await TryAsync("enter itself", () => RenewAsync(cancellationToken));
        _work = Task.Run(WorkAsync, CancellationToken.None);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _work;
        await runner.StopAsync();
        await slots.RemoveAllAsync();
        await TryAsync("take leave", () => runners.Leave(identity.Runner, CancellationToken.None));
    }

    private async Task WorkAsync()
    {
        for (var tick = 0; !_stop.IsCancellationRequested; tick++)
        {
            if (tick % SweepEveryTicks == 0)
                await TryAsync("sweep", () => SweepAsync(_stop.Token));
            await TryAsync("remove containers", slots.RemoveColdAsync);
            await Task.Delay(Tick, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (identity.Installation == Guid.Empty)
            identity.Installation = await runners.Installation(cancellationToken);
        await runners.Renew(identity.Runner, identity.Silo, options.Value.RunnerLease, cancellationToken);
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await RenewAsync(cancellationToken);
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

    [LoggerMessage(LogLevel.Warning, "The runner of containers could not {What} now: {Kind}: {Reason}")]
    private partial void LogFailed(string what, string kind, string reason);
}
