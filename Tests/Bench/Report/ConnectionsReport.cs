using Granero.Bench.Servers;
using static Granero.Bench.Report.Figures;

namespace Granero.Bench.Report;

/// <param name="Options">What was asked for.</param>
/// <param name="Alone">The good client by itself.</param>
/// <param name="Crowded">The same among the idle and the slow.</param>
/// <param name="Cut">How often the gateway closed a slow connection.</param>
/// <param name="Memory">When all was over.</param>
internal sealed record ConnectionsReport(
    BenchOptions Options, IReadOnlyList<Phase> Alone, IReadOnlyList<Phase> Crowded, int Cut, IReadOnlyDictionary<string, ProcessUsage> Memory) : IReport
{
    private double Ratio => Comparison.Percentile(Crowded, 0.99) / Comparison.Percentile(Alone, 0.99);

    public void Write(TextWriter output)
    {
        output.WriteLine($"one good client, batches of {Options.Batch}; {Whole(Options.Idle)} idle connections, {Whole(Options.Slow)} that send a byte every 10 s");
        output.WriteLine();
        var table = new Table("", "bets/s", "ack p50 ms", "p99 ms", "p99.9 ms");
        table.Add(Row(Alone));
        table.Add(Row(Crowded));
        table.Write(output);
        Figures.Memory(Memory).Write(output);
        output.WriteLine($"p99 in the crowd is {Hundredths(Ratio)} times that alone; {Whole(Cut)} slow connections were cut and came again");
    }

    public object ToDocument() => new
    {
        command = "connections",
        idle = Options.Idle,
        slow = Options.Slow,
        cut = Cut,
        p99Ratio = Ratio,
        alone = Describe(Alone),
        crowded = Describe(Crowded),
        memory = Memory.ToDictionary(use => use.Key, use => new { bytes = use.Value.MemoryBytes, peakBytes = use.Value.PeakBytes }),
    };

    private static string[] Row(IReadOnlyList<Phase> phases) =>
    [
        phases[0].Name,
        Whole(Comparison.ItemsPerSecond(phases)),
        .. ((double[])[0.5, 0.99, 0.999]).Select(share => Hundredths(Comparison.Percentile(phases, share))),
    ];

    private static object Describe(IReadOnlyList<Phase> phases) => new
    {
        betsPerSecond = Comparison.ItemsPerSecond(phases),
        ackP50Milliseconds = Comparison.Percentile(phases, 0.5),
        ackP99Milliseconds = Comparison.Percentile(phases, 0.99),
    };
}
