using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Granero.Lottery;

/// <summary>What silos measure of the lottery: the meter and the source of traces <c>Granero.Lottery</c>.</summary>
internal static class LotteryTelemetry
{
    public const string Name = "Granero.Lottery";

    private static readonly ActivitySource Source = new(Name);
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10] };
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Bets = Meter.CreateCounter<long>("granero.lottery.bets", "{bet}", "Bets stored.");
    private static readonly Counter<long> Batches = Meter.CreateCounter<long>("granero.lottery.batches", "{batch}", "Batches stored.");
    private static readonly Counter<long> Commits = Meter.CreateCounter<long>("granero.lottery.commits", "{commit}", "Transactions that stored batches; several may share one.");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("granero.lottery.refusals", "{batch}", "Batches refused, by reason.");
    private static readonly Counter<long> Draws = Meter.CreateCounter<long>("granero.lottery.draws", "{draw}", "Draws held.");
    private static readonly Counter<long> Winners = Meter.CreateCounter<long>("granero.lottery.winners", "{bet}", "Bets that won.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("granero.lottery.batch.duration", "s", "From a batch's arrival at its agency until it is durable.", null, Seconds);

    public static void Stored(int bets, long since)
    {
        Bets.Add(bets);
        Batches.Add(1);
        Duration.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
    }

    public static void Refused(ErrorCode reason) => Refusals.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public static void Held(int winners)
    {
        Draws.Add(1);
        Winners.Add(winners);
    }

    /// <summary>A commit that several callers share is in the trace of the first, and linked to those of the others.</summary>
    public static Activity? StartCommit(IReadOnlyList<ActivityContext> callers)
    {
        Commits.Add(1);
        return Source.HasListeners()
            ? Source.StartActivity("store bets", ActivityKind.Internal, callers[0], links: callers.Skip(1).Select(caller => new ActivityLink(caller)))
            : null;
    }
}
