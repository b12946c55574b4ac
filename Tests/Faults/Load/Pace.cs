using System.Diagnostics;

namespace Granero.Tests.Faults.Load;

/// <summary>Keeps a client from doing more than so much in a time: the load leaves the machine some room, as it would be in life.</summary>
internal sealed class Pace(TimeSpan interval)
{
    private long _next = Stopwatch.GetTimestamp();

    public async Task KeepAsync()
    {
        var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _next);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait);
        _next = Math.Max(_next, Stopwatch.GetTimestamp()) + (long)(interval.TotalSeconds * Stopwatch.Frequency);
    }
}
