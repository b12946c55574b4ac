using static Granero.Bench.Report.Figures;

namespace Granero.Bench.Report;

/// <param name="Options">What was asked for.</param>
/// <param name="Times">How many times as many bets the middle one of three steps has.</param>
/// <param name="Steps">Three for each protocol: few, many, few.</param>
internal sealed record SoakReport(BenchOptions Options, int Times, IReadOnlyList<SoakStep> Steps) : IReport
{
    public void Write(TextWriter output)
    {
        string[] processes = [.. Steps[0].Memory.Keys];
        var table = new Table(["draw", "bets", "seconds", "bets/s", "ack p99 ms", "draw ms", .. processes.Select(process => $"{process} MB"), .. processes.Select(process => $"{process} peak")]);
        foreach (var step in Steps) table.Add(Row(step, processes));
        table.Write(output);
        foreach (var (name, ratio) in TimeRatios()) output.WriteLine($"{name}: {Times} times the bets took {Hundredths(ratio)} times as long");
        output.WriteLine("books: the bets and the winners of every draw agree with what was sent");
    }

    public object ToDocument() => new
    {
        command = "soak",
        agencies = Options.Agencies,
        timeRatios = TimeRatios().ToDictionary(),
        steps = Steps.Select(step => new
        {
            name = step.Phase.Name,
            bets = step.Phase.Load.Items,
            seconds = step.Phase.Load.Elapsed.TotalSeconds,
            betsPerSecond = step.Phase.Load.ItemsPerSecond,
            drawMilliseconds = step.Phase.Draw!.Time.TotalMilliseconds,
            memory = step.Memory.ToDictionary(use => use.Key, use => new { bytes = use.Value.MemoryBytes, peakBytes = use.Value.PeakBytes }),
        }),
    };

    private Dictionary<string, double> TimeRatios() => Steps.Chunk(3).ToDictionary(
        steps => steps[0].Phase.Name,
        steps => 2 * Seconds(steps[1]) / (Seconds(steps[0]) + Seconds(steps[2])));

    private static double Seconds(SoakStep step) => step.Phase.Load.Elapsed.TotalSeconds;

    private static string[] Row(SoakStep step, string[] processes) =>
    [
        step.Phase.Name,
        Whole(step.Phase.Load.Items),
        Hundredths(Seconds(step)),
        Whole(step.Phase.Load.ItemsPerSecond),
        Hundredths(step.Phase.Load.Percentile(0.99)),
        Whole(step.Phase.Draw!.Time.TotalMilliseconds),
        .. processes.Select(process => Megabytes(step.Memory[process].MemoryBytes)),
        .. processes.Select(process => Megabytes(step.Memory[process].PeakBytes)),
    ];
}
