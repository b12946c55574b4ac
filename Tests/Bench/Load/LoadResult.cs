using System.Diagnostics;

namespace Granero.Bench.Load;

/// <summary>What a load came to.</summary>
/// <param name="Items">Bets, or questions, that were answered within the time.</param>
/// <param name="Elapsed">From the first request to the last reply.</param>
/// <param name="Latencies">Of each request, in ticks of <see cref="Stopwatch"/>, ascending.</param>
internal sealed record LoadResult(long Items, TimeSpan Elapsed, long[] Latencies)
{
    public double ItemsPerSecond => Items / Elapsed.TotalSeconds;

    /// <summary>The time that a share of the requests stayed within, in milliseconds.</summary>
    public double Percentile(double share) => Percentile(Latencies, share);

    /// <summary>The same over several results.</summary>
    public static double Percentile(IEnumerable<LoadResult> results, double share) =>
        Percentile([.. results.SelectMany(result => result.Latencies).Order()], share);

    private static double Percentile(long[] ascending, double share) => ascending.Length == 0
        ? 0
        : ascending[Math.Max(0, (int)Math.Ceiling(share * ascending.Length) - 1)] * 1000.0 / Stopwatch.Frequency;
}
