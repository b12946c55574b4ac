using Granero.Bench.Servers;
using static Granero.Bench.Report.Figures;

namespace Granero.Bench.Report;

internal sealed record LotteryReport(
    BenchOptions Options, IReadOnlyList<Comparison> Comparisons, double[] NewAgencyMilliseconds, IReadOnlyDictionary<string, ProcessUsage> Memory) : IReport
{
    private IEnumerable<int> WinnersByAgency => Comparisons[0].Server[^1].Draw!.Winners.Select(winners => winners.Length);

    public void Write(TextWriter output)
    {
        output.WriteLine($"{Options.Agencies} agencies, {Whole(Comparisons[0].Server[0].Load.Items)} bets a phase, {Options.Rounds} rounds by turns, medians; {Environment.ProcessorCount} cores for everything");
        output.WriteLine();
        Speed().Write(output);
        Figures.Memory(Memory).Write(output);
        output.WriteLine($"first ack of a new agency: median {Hundredths(Comparison.Median(NewAgencyMilliseconds))} ms, at most {Hundredths(NewAgencyMilliseconds[^1])} ms ({NewAgencyMilliseconds.Length} agencies)");
        output.WriteLine($"winners of a draw, by agency: {string.Join(", ", WinnersByAgency)}");
        output.WriteLine("books: the bets and the winners of every draw agree with what was sent");
    }

    public object ToDocument() => new
    {
        command = "lottery",
        agencies = Options.Agencies,
        bets = Comparisons[0].Server[0].Load.Items,
        rounds = Options.Rounds,
        cores = Environment.ProcessorCount,
        results = Comparisons.Select(comparison => new
        {
            name = comparison.Server[0].Name,
            ratioToCopy = comparison.RatioToCopy,
            slowestDrawMilliseconds = comparison.SlowestDrawMilliseconds,
            server = Describe(comparison.Server),
            copy = Describe(comparison.Copy),
        }),
        winnersByAgency = WinnersByAgency,
        newAgencyFirstAckMilliseconds = NewAgencyMilliseconds,
        memory = Memory.ToDictionary(use => use.Key, use => new { bytes = use.Value.MemoryBytes, peakBytes = use.Value.PeakBytes }),
    };

    private Table Speed()
    {
        var processes = Memory.Keys.ToArray();
        var table = new Table(["", "bets/s", "of COPY", "ack p50 ms", "p99 ms", .. processes.Select(process => $"{process} CPU s/1M"), "draw ms"]);
        foreach (var comparison in Comparisons)
        {
            table.Add(Row(comparison.Copy, "", "", processes));
            table.Add(Row(comparison.Server, Hundredths(comparison.RatioToCopy), Whole(comparison.SlowestDrawMilliseconds), processes));
        }
        return table;
    }

    private static string[] Row(IReadOnlyList<Phase> phases, string ratio, string draw, string[] processes) =>
    [
        phases[0].Name,
        Whole(Comparison.ItemsPerSecond(phases)),
        ratio,
        Hundredths(Comparison.Percentile(phases, 0.5)),
        Hundredths(Comparison.Percentile(phases, 0.99)),
        .. processes.Select(process => Hundredths(Comparison.CpuSecondsPerMillion(phases, process))),
        draw,
    ];

    private object Describe(IReadOnlyList<Phase> phases) => new
    {
        betsPerSecond = Comparison.ItemsPerSecond(phases),
        betsPerSecondByRound = phases.Select(phase => phase.Load.ItemsPerSecond),
        ackP50Milliseconds = Comparison.Percentile(phases, 0.5),
        ackP99Milliseconds = Comparison.Percentile(phases, 0.99),
        cpuSecondsPerMillionBets = Memory.Keys.ToDictionary(process => process, process => Comparison.CpuSecondsPerMillion(phases, process)),
    };
}
