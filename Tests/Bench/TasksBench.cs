using System.Diagnostics;
using Granero.Bench.Report;
using Granero.Bench.Tasks;

namespace Granero.Bench;

/// <summary>Remote tasks: without a container that is warm, beside <c>docker run</c>; with one; and fifty at once.</summary>
internal sealed class TasksBench(BenchOptions options) : IDisposable
{
    public const int Simultaneous = 50;

    private const int ColdRuns = 15;
    private const int WarmRuns = 500;
    private static readonly TimeSpan WarmLoad = TimeSpan.FromSeconds(5);

    private readonly TaskCaller _caller = new(options.Main);

    public async Task<TasksReport> RunAsync()
    {
        await using var docker = await DockerCommand.FindAsync();
        var (cold, run) = (new List<TimeSpan>(), new List<TimeSpan>());
        await ColdAsync(docker);
        await docker.RunUntilReadyAsync();
        for (var i = 0; i < ColdRuns; i++)
        {
            run.Add(await docker.RunUntilReadyAsync());
            cold.Add(await ColdAsync(docker));
        }

        var warm = await WarmAsync();
        var (rate, connections) = await WarmLoadAsync();
        await docker.UntilNoneAsync();
        var (took, most) = await AtOnceAsync(docker);
        return new(cold, run, warm, rate, connections, took, most, DockerCommand.Limit);
    }

    public void Dispose() => _caller.Dispose();

    /// <summary>By turns with the others, and with no container there that could be warm.</summary>
    private async Task<TimeSpan> ColdAsync(DockerCommand docker)
    {
        await docker.UntilNoneAsync();
        return await _caller.RunAsync(1);
    }

    private async Task<List<TimeSpan>> WarmAsync()
    {
        await _caller.RunAsync(0);
        var runs = new List<TimeSpan>();
        for (var i = 0; i < WarmRuns; i++)
            runs.Add(await _caller.RunAsync(i));
        return runs;
    }

    private async Task<(double RunsPerSecond, int Connections)> WarmLoadAsync()
    {
        var connections = Environment.ProcessorCount * 2;
        var (began, count) = (Stopwatch.GetTimestamp(), 0);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(began) < WarmLoad)
                await _caller.RunAsync(Interlocked.Increment(ref count));
        }));
        return (count / Stopwatch.GetElapsedTime(began).TotalSeconds, connections);
    }

    private async Task<(TimeSpan Took, int MostContainers)> AtOnceAsync(DockerCommand docker)
    {
        using var done = new CancellationTokenSource();
        var counting = docker.MostContainersAsync(done.Token);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Simultaneous).Select(_caller.RunAsync));
        var took = Stopwatch.GetElapsedTime(began);
        await done.CancelAsync();
        return (took, await counting);
    }
}
