using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Granero.Videos;

/// <summary>What silos measure of videos: the meter <c>Granero.Videos</c>.</summary>
internal static class VideosTelemetry
{
    public const string Name = "Granero.Videos";

    // One by one, as each has an index: there may be a million that are processed.
    public const string CountUnfinished = """
        select 'queued', count(*) from videos where status = 0
        union all select 'encoding', count(*) from videos where status = 1
        """;

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [.2, .5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 900] };
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Encodes = Meter.CreateCounter<long>("granero.videos.encodes", "{encode}", "Attempts at a video that have ended, by outcome: processed, failed, lost, given_back, put_off.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("granero.videos.encode.duration", "s", "From an attempt's begin until its outcome is recorded, by outcome.", null, Seconds);

    /// <summary>The queue's length is the state <c>queued</c>.</summary>
    public static Gauge<long> Unfinished { get; } = Meter.CreateGauge<long>("granero.videos.unfinished", "{video}", "Videos that wait or are being encoded, in the whole cluster, by state.");

    public static void EncodeEnded(string outcome, long since)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        Encodes.Add(1, tag);
        Duration.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, tag);
    }
}
