using Granero.Tests.Faults.Load;

namespace Granero.Tests.Faults.Table;

/// <summary>kill -9 of one silo after the other.</summary>
internal sealed class KillSilo(FaultOptions options) : LoadedMeasurement("kill -9 of a silo", options)
{
    private const int Times = 20;
    private const int BetsWanted = 1_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    protected override async Task<IReadOnlyList<Figure>> MeasureAsync(FaultRig rig, TextWriter progress, CancellationToken cancellationToken)
    {
        var times = Options.Rounds ?? Times;
        var aftermaths = await RepeatAsync(rig, progress, times, i => new(TimeSpan.Zero, FaultKind.KillSilo, i, TimeSpan.Zero), cancellationToken);
        while (Options.Rounds is null && await rig.Granero.QueryAsync<long>(CountBets, cancellationToken) is [< BetsWanted])
            await CalmDownAsync(rig, cancellationToken);
        return
        [
            Figure.AtMost(Name, $"last failed or stalled call, p95 of {times}", Limit, Percentile95(aftermaths)),
            Figure.Zero(Name, "calls that the servers refused", rig.Calls.Calls.Count(call => call.Outcome == Outcome.Refused)),
        ];
    }

    private const string CountBets = "select coalesce(sum(cardinality(document)), 0) from bet_batches";
}

/// <summary>kill -9 of all silos at once; they are started again at once.</summary>
internal sealed class KillAllSilos(FaultOptions options) : LoadedMeasurement("kill -9 of all silos", options)
{
    private const int Times = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    protected override async Task<IReadOnlyList<Figure>> MeasureAsync(FaultRig rig, TextWriter progress, CancellationToken cancellationToken)
    {
        var aftermaths = await RepeatAsync(
            rig, progress, Options.Rounds ?? Times, _ => new(TimeSpan.Zero, FaultKind.KillAllSilos, 0, TimeSpan.Zero), cancellationToken);
        return
        [
            Figure.AtMost(Name, $"serving everybody, worst of {aftermaths.Length}", Limit, aftermaths[^1]),
            Figure.Zero(Name, "calls that the gateways refused", rig.Calls.Calls.Count(call => call.Outcome == Outcome.Refused)),
        ];
    }
}
