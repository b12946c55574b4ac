using Granero.Gateways.Hosting;
using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Waits for draws to be held. However many connections wait for one draw, one call to its grain is under way.</summary>
internal sealed partial class DrawWatch(IGrainFactory grains, ClusterLink link, TimeProvider time, ILogger<DrawWatch> logger)
{
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(5);

    /// <summary>An answer that has not come by then is lost: the silo that owed it is gone.</summary>
    private static readonly TimeSpan AnswerWithin = AskFor + TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Watch> _watches = [];

    /// <returns>True when the draw has been held; false when the time is up, or the wait was cancelled.</returns>
    public async Task<bool> WaitAsync(int draw, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var watch = Join(draw);
        var held = watch.Held.Task;
        await held.WaitAsync(atMost, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Leave(watch);
        return held.IsCompletedSuccessfully;
    }

    private Watch Join(int draw)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(draw, out var watch))
            {
                _watches[draw] = watch = new Watch();
                _ = Task.Run(() => AskUntilHeldAsync(draw, watch));
            }

            watch.Waiters++;
            return watch;
        }
    }

    private void Leave(Watch watch)
    {
        lock (_gate)
        {
            watch.Waiters--;
        }
    }

    private async Task AskUntilHeldAsync(int draw, Watch watch)
    {
        var grain = grains.GetGrain<IDrawGrain>(draw);
        for (var pause = FirstPause; HasWaiters(draw, watch);)
        {
            try
            {
                if (await grain.WaitUntilHeld(AskFor).WaitAsync(AnswerWithin, time, link.Interrupted))
                {
                    Finish(draw, watch);
                    return;
                }

                pause = FirstPause;
            }
            catch (Exception) when (link.Stopping.IsCancellationRequested)
            {
                return; // so are those that wait
            }
            catch (Exception failure)
            {
                LogAskingAgain(draw, failure.GetType().Name, failure.Message);
                await Task.Delay(pause, time, CancellationToken.None);
                pause = GrainRetry.Longer(pause);
            }
        }
    }

    /// <summary>Forgets the draw when nobody waits for it any more.</summary>
    private bool HasWaiters(int draw, Watch watch)
    {
        lock (_gate)
        {
            return watch.Waiters > 0 || !_watches.Remove(draw);
        }
    }

    private void Finish(int draw, Watch watch)
    {
        lock (_gate)
        {
            _watches.Remove(draw);
        }

        watch.Held.SetResult();
    }

    [LoggerMessage(1008, LogLevel.Warning, "Waiting for draw {Draw}: the cluster did not answer and is asked again: {Kind}: {Reason}")]
    private partial void LogAskingAgain(int draw, string kind, string reason);

    private sealed class Watch
    {
        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Waiters { get; set; }
    }
}
