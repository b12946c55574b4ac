using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Granero.Tasks;

/// <summary>What silos measure of remote tasks: the meter <c>Granero.Tasks</c>.</summary>
internal static class TasksTelemetry
{
    public const string Name = "Granero.Tasks";

    public const string CountUnfinished = """
        select s.state, count(t.id) from unnest(array['queued', 'preparing', 'starting', 'running']) as s (state)
        left join remote_tasks t on t.state = s.state and t.ended_at is null group by s.state
        """;

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 300, 600] };
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("granero.tasks.ended", "{task}", "Tasks that have ended, by outcome: Succeeded, Cancelled, or the kind of the error.");
    private static readonly Counter<long> Starts = Meter.CreateCounter<long>("granero.tasks.container.starts", "{container}", "Containers started; tasks that a warm one ran are not among them.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("granero.tasks.duration", "s", "From a task's arrival at its silo until its outcome is known, by outcome.", null, Seconds);
    private static readonly Histogram<double> StartDuration = Meter.CreateHistogram("granero.tasks.container.start.duration", "s", "From the call to the engine until the container runs.", null, Seconds);

    /// <summary>The queue's length is the state <c>queued</c>.</summary>
    public static Gauge<long> Unfinished { get; } = Meter.CreateGauge<long>("granero.tasks.unfinished", "{task}", "Tasks that have not ended, in the whole cluster, by state.");

    public static void TaskEnded(string outcome, long since)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        Ended.Add(1, tag);
        Duration.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, tag);
    }

    public static void ContainerStarted(long since)
    {
        Starts.Add(1);
        StartDuration.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
    }
}
