using Granero.Bench.Servers;
using static Granero.Bench.Report.Figures;

namespace Granero.Bench.Report;

/// <param name="Options">What was asked for.</param>
/// <param name="Few">getFiles with few peers.</param>
/// <param name="Many">getFiles with many.</param>
/// <param name="FewIndex">Indexing very many files by one request, and logging out with them, while there were few.</param>
/// <param name="ManyIndex">The same among many.</param>
/// <param name="Memory">With all peers logged in.</param>
internal sealed record PeersReport(
    BenchOptions Options, IReadOnlyList<Phase> Few, IReadOnlyList<Phase> Many,
    (TimeSpan Index, TimeSpan LogOut)[] FewIndex, (TimeSpan Index, TimeSpan LogOut)[] ManyIndex,
    IReadOnlyDictionary<string, ProcessUsage> Memory) : IReport
{
    /// <summary>getFiles/s of the old server, a Flask development server that reads a JSON file for each request: measured once, with 16 connections on two cores.</summary>
    private const double OldServer = 1_170;

    private double FewRate => Comparison.ItemsPerSecond(Few);

    private double ManyRate => Comparison.ItemsPerSecond(Many);

    public void Write(TextWriter output)
    {
        output.WriteLine($"{Options.Connections} connections, one question at a time on each; {Options.Rounds} rounds, medians; {Environment.ProcessorCount} cores for everything");
        output.WriteLine();
        string[] processes = [.. Memory.Keys];
        var table = new Table(["getFiles", "a second", "p50 ms", "p99 ms", .. processes.Select(process => $"{process} CPU s/1M")]);
        table.Add(Row(Few, processes));
        table.Add(Row(Many, processes));
        table.Write(output);
        Figures.Memory(Memory).Write(output);
        output.WriteLine($"{Hundredths(FewRate / OldServer)} times the old server's {Whole(OldServer)}/s, a figure taken on this kind of machine and not in this run");
        output.WriteLine($"with {Whole(Options.Peers)} peers: {Hundredths(ManyRate / FewRate)} of the rate with {PeersBench.FewPeers}");
        output.WriteLine($"{Whole(PeersBench.FilesAtOnce)} names by one request: {Whole(Milliseconds(FewIndex, run => run.Index))} ms, among many {Whole(Milliseconds(ManyIndex, run => run.Index))} ms; logging out with them: {Whole(Milliseconds(FewIndex, run => run.LogOut))} and {Whole(Milliseconds(ManyIndex, run => run.LogOut))} ms");
        output.WriteLine("books: every answer was the right one");
    }

    public object ToDocument() => new
    {
        command = "peers",
        connections = Options.Connections,
        rounds = Options.Rounds,
        cores = Environment.ProcessorCount,
        oldServerPerSecond = OldServer,
        ratioToOldServer = FewRate / OldServer,
        ratioManyToFew = ManyRate / FewRate,
        few = Describe(Few),
        many = Describe(Many),
        indexMilliseconds = new { names = PeersBench.FilesAtOnce, few = FewIndex.Select(run => run.Index.TotalMilliseconds), many = ManyIndex.Select(run => run.Index.TotalMilliseconds) },
        memory = Memory.ToDictionary(use => use.Key, use => new { bytes = use.Value.MemoryBytes, peakBytes = use.Value.PeakBytes }),
    };

    private static double Milliseconds((TimeSpan Index, TimeSpan LogOut)[] runs, Func<(TimeSpan Index, TimeSpan LogOut), TimeSpan> part) =>
        Comparison.Median(runs.Select(run => part(run).TotalMilliseconds));

    private static string[] Row(IReadOnlyList<Phase> phases, string[] processes) =>
    [
        phases[0].Name,
        Whole(Comparison.ItemsPerSecond(phases)),
        Hundredths(Comparison.Percentile(phases, 0.5)),
        Hundredths(Comparison.Percentile(phases, 0.99)),
        .. processes.Select(process => Hundredths(Comparison.CpuSecondsPerMillion(phases, process))),
    ];

    private object Describe(IReadOnlyList<Phase> phases) => new
    {
        name = phases[0].Name,
        perSecond = Comparison.ItemsPerSecond(phases),
        perSecondByRound = phases.Select(phase => phase.Load.ItemsPerSecond),
        p50Milliseconds = Comparison.Percentile(phases, 0.5),
        p99Milliseconds = Comparison.Percentile(phases, 0.99),
        cpuSecondsPerMillion = Memory.Keys.ToDictionary(process => process, process => Comparison.CpuSecondsPerMillion(phases, process)),
    };
}
