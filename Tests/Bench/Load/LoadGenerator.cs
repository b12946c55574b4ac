using System.Diagnostics;
using Granero.Bench.Report;

namespace Granero.Bench.Load;

/// <summary>Runs all agencies' loads at once, a thread for each, and keeps the time.</summary>
internal sealed class LoadGenerator(string label, IReadOnlyList<ILoad> loads) : IDisposable
{
    private readonly CountdownEvent ready = new(loads.Count);
    private readonly ManualResetEventSlim go = new();
    private readonly long[] acknowledged = new long[loads.Count];
    private readonly long[] finished = new long[loads.Count];
    private volatile bool failed;

    public async Task<LoadResult> RunAsync()
    {
        var threads = loads
            .Select((_, i) => Task.Factory.StartNew(() => Run(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        ready.Wait();
        // What building the requests left behind is collected now, and not on the clock.
        GC.Collect();
        long[][] latencies;
        var start = Stopwatch.GetTimestamp();
        go.Set();
        await using (new Progress(label, loads.Sum(load => Enumerable.Range(0, load.Requests).Sum(i => (long)load.ItemsIn(i))), () => acknowledged.Sum()))
            latencies = await Task.WhenAll(threads);
        return new LoadResult(acknowledged.Sum(), Stopwatch.GetElapsedTime(start, finished.Max()), [.. latencies.SelectMany(ticks => ticks).Order()]);
    }

    public void Dispose()
    {
        ready.Dispose();
        go.Dispose();
    }

    private long[] Run(int index)
    {
        var load = loads[index];
        var latencies = new long[load.Requests];
        ready.Signal();
        go.Wait();
        try
        {
            var last = Stopwatch.GetTimestamp();
            for (var request = 0; request < load.Requests && !failed; request++)
            {
                load.Send(request);
                var now = Stopwatch.GetTimestamp();
                (latencies[request], last) = (now - last, now);
                acknowledged[index] += load.ItemsIn(request);
            }
            finished[index] = last;
            return latencies;
        }
        catch
        {
            failed = true;
            throw;
        }
    }
}
