using System.Threading.Channels;

namespace Granero.Tests.Support;

/// <summary>A clock that only the test moves, and that tells what the code has begun to wait for.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private readonly Channel<TimeSpan> _started = Channel.CreateUnbounded<TimeSpan>();
    private TimeSpan _now = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    /// <summary>The length of the next wait that the code begins, or has begun unseen.</summary>
    public async Task<TimeSpan> NextWaitAsync() => await _started.Reader.ReadAsync().AsTask().Soon();

    /// <summary>Waits until the code has begun a wait of just this length.</summary>
    public async Task WaitBegunAsync(TimeSpan length)
    {
        while (await NextWaitAsync() != length)
        {
            // Something else that waits.
        }
    }

    /// <summary>Moves the clock past each wait that the code begins, until it is done.</summary>
    /// <returns>How long that took by this clock.</returns>
    public async Task<TimeSpan> RunAsync(Task done)
    {
        var waited = TimeSpan.Zero;
        while (await Task.WhenAny(_started.Reader.WaitToReadAsync().AsTask(), done).Soon() != done)
        {
            if (_started.Reader.TryRead(out var wait))
            {
                waited += wait;
                Advance(wait);
            }
        }

        await done;
        return waited;
    }

    public void Advance(TimeSpan by)
    {
        Timer[] due;
        lock (_gate)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.DueAt <= _now)];
            _timers.RemoveAll(due.Contains);
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Schedule(Timer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            timer.DueAt = _now + dueTime;
            _timers.Add(timer);
        }

        _started.Writer.TryWrite(dueTime);
    }

    private sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan DueAt { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Schedule(this, dueTime);
            return true;
        }

        public void Dispose() => time.Schedule(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
