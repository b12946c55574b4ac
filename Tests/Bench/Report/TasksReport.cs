using static Granero.Bench.Report.Figures;

namespace Granero.Bench.Report;

/// <param name="Cold">Tasks that had to start a container.</param>
/// <param name="DockerRun"><c>docker run</c> of the same image until its first 200, by turns with them.</param>
/// <param name="Warm">Tasks by one connection, one after another, in a container that was there.</param>
/// <param name="WarmPerSecond">The same by several connections.</param>
/// <param name="Connections">How many.</param>
/// <param name="AtOnce">How long all of those took that were sent at the same time.</param>
/// <param name="MostContainers">The most containers that were seen meanwhile.</param>
/// <param name="Limit">The most that are allowed.</param>
internal sealed record TasksReport(
    List<TimeSpan> Cold, List<TimeSpan> DockerRun, List<TimeSpan> Warm, double WarmPerSecond, int Connections, TimeSpan AtOnce, int MostContainers, int Limit) : IReport
{
    private double RatioToDockerRun => At(Cold, 0.5) / At(DockerRun, 0.5);

    public void Write(TextWriter output)
    {
        output.WriteLine($"{Environment.ProcessorCount} cores for everything; cold and docker run by turns, {Cold.Count} each");
        output.WriteLine();
        var table = new Table("a task", "p50 ms", "p99 ms");
        table.Add("docker run until 200", Hundredths(At(DockerRun, 0.5)), Hundredths(At(DockerRun, 0.99)));
        table.Add("cold", Hundredths(At(Cold, 0.5)), Hundredths(At(Cold, 0.99)));
        table.Add("warm", Hundredths(At(Warm, 0.5)), Hundredths(At(Warm, 0.99)));
        table.Write(output);
        output.WriteLine($"cold: {Hundredths(RatioToDockerRun)} times docker run");
        output.WriteLine($"warm, {Connections} connections: {Whole(WarmPerSecond)} tasks a second");
        output.WriteLine($"{TasksBench.Simultaneous} at once: {Hundredths(AtOnce.TotalSeconds)} s, {MostContainers} containers at most (allowed: {Limit})");
        output.WriteLine("books: every answer was the right one");
    }

    public object ToDocument() => new
    {
        command = "tasks",
        cores = Environment.ProcessorCount,
        coldMilliseconds = Milliseconds(Cold),
        dockerRunMilliseconds = Milliseconds(DockerRun),
        ratioToDockerRun = RatioToDockerRun,
        warmP50Milliseconds = At(Warm, 0.5),
        warmP99Milliseconds = At(Warm, 0.99),
        warmPerSecond = WarmPerSecond,
        simultaneous = TasksBench.Simultaneous,
        atOnceSeconds = AtOnce.TotalSeconds,
        mostContainers = MostContainers,
        allowedContainers = Limit,
    };

    private static IEnumerable<double> Milliseconds(List<TimeSpan> runs) => runs.Select(run => run.TotalMilliseconds);

    private static double At(List<TimeSpan> runs, double share) => runs.Select(run => run.TotalMilliseconds).Order().ElementAt((int)(share * (runs.Count - 1)));
}
