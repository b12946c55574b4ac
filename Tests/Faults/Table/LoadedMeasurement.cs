using System.Diagnostics;
using Granero.Tests.Faults.Load;

namespace Granero.Tests.Faults.Table;

/// <summary>A measurement under the load of all domains, whose books are part of the figures.</summary>
internal abstract class LoadedMeasurement(string name, FaultOptions options) : IMeasurement
{
    /// <summary>Between two faults: the load runs undisturbed.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    protected FaultOptions Options => options;

    protected string Name => name;

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter progress, CancellationToken cancellationToken)
    {
        await using var rig = await FaultRig.StartAsync(options.Silos, options.Seed, withDisk: false, cancellationToken);
        foreach (var missing in rig.Missing)
            await progress.WriteLineAsync(missing);
        await CalmDownAsync(rig, cancellationToken);
        try
        {
            var figures = await MeasureAsync(rig, progress, cancellationToken);
            var books = await rig.CloseBooksAsync(cancellationToken);
            FaultReport.Write(rig.Calls, progress);
            FaultReport.Write(rig.Supervisor.Standstills, progress);
            FaultReport.Write(books, progress);
            return [.. figures, .. await AfterAsync(rig, cancellationToken), .. FiguresOf(books)];
        }
        finally
        {
            await progress.WriteLineAsync($"logs and journals: {await rig.KeepEvidenceAsync()}");
        }
    }

    protected abstract Task<IReadOnlyList<Figure>> MeasureAsync(FaultRig rig, TextWriter progress, CancellationToken cancellationToken);

    /// <summary>What can be told only when nothing is under way any more.</summary>
    protected virtual Task<IReadOnlyList<Figure>> AfterAsync(FaultRig rig, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Figure>>([]);

    /// <returns>When all processes are ready, and the load has run for a while.</returns>
    protected static async Task CalmDownAsync(FaultRig rig, CancellationToken cancellationToken)
    {
        await rig.Supervisor.BecomeReadyAsync(cancellationToken);
        await Task.WhenAny(Task.Delay(Calm, cancellationToken), rig.Load);
        if (rig.Load.IsCompleted)
            await rig.Load;
    }

    /// <summary>One fault after the other, with calm between them.</summary>
    /// <returns>How long after each one a call was still failing or stalled, the shortest first.</returns>
    protected static async Task<TimeSpan[]> RepeatAsync(
        FaultRig rig, TextWriter progress, int times, Func<int, PlannedFault> fault, CancellationToken cancellationToken)
    {
        var faults = new List<InjectedFault>();
        for (var i = 0; i < times; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var injected = await rig.Injector.InjectAsync(fault(i), cancellationToken);
            await CalmDownAsync(rig, cancellationToken);
            faults.Add(injected);
            await progress.WriteLineAsync(FormattableString.Invariant(
                $"  {i + 1,3}: {injected.Planned.Kind} {injected.Target}: last failed or stalled call so far {FaultReport.Aftermath(injected, long.MaxValue, rig.Calls).TotalSeconds:0.0} s after ({FaultReport.LastHurt(injected, long.MaxValue, rig.Calls)}); calm after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        }

        // Only now: a call may be stalled for longer than the calm lasts.
        return [.. faults.Select(fault => FaultReport.Aftermath(fault, FaultReport.NextAfter(fault, faults), rig.Calls)).Order()];
    }

    /// <summary>Of a sorted list.</summary>
    protected static TimeSpan Percentile95(TimeSpan[] sorted) => sorted[(int)Math.Ceiling(sorted.Length * 0.95) - 1];

    private IEnumerable<Figure> FiguresOf(IReadOnlyList<(string Domain, BookLine Line)> books)
    {
        yield return Figure.Zero(name, $"lost, of {books.Sum(entry => entry.Line.Expected)} things told", books.Sum(entry => entry.Line.Lost));
        yield return Figure.Zero(name, "twice, or otherwise than told", books.Sum(entry => entry.Line.Wrong));
    }
}
