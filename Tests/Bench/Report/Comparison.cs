using Granero.Bench.Load;

namespace Granero.Bench.Report;

/// <summary>The rounds of a protocol and of its baseline; round i of one was run next to round i of the other.</summary>
internal sealed record Comparison(IReadOnlyList<Phase> Server, IReadOnlyList<Phase> Copy)
{
    /// <summary>The figure: bets/s of the server as a share of raw COPY, the median over the rounds.</summary>
    public double RatioToCopy => Median(Server.Zip(Copy, (server, copy) => server.Load.ItemsPerSecond / copy.Load.ItemsPerSecond));

    public double SlowestDrawMilliseconds => Server.Max(phase => phase.Draw!.Time.TotalMilliseconds);

    public static double ItemsPerSecond(IReadOnlyList<Phase> phases) => Median(phases.Select(phase => phase.Load.ItemsPerSecond));

    public static double Percentile(IReadOnlyList<Phase> phases, double share) => LoadResult.Percentile(phases.Select(phase => phase.Load), share);

    public static double CpuSecondsPerMillion(IReadOnlyList<Phase> phases, string process) =>
        Median(phases.Select(phase => phase.CpuSecondsPerMillion(process)));

    public static double Median(IEnumerable<double> values)
    {
        double[] ascending = [.. values.Order()];
        return (ascending[(ascending.Length - 1) / 2] + ascending[ascending.Length / 2]) / 2;
    }
}
