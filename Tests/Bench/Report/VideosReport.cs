using Granero.Bench.Downloads;
using Granero.Bench.Servers;
using static Granero.Bench.Report.Figures;

namespace Granero.Bench.Report;

/// <param name="Options">What was asked for.</param>
/// <param name="Processing">Seconds of each round, from the upload's reply to the end.</param>
/// <param name="Alone">Seconds of the same ffmpeg command alone, round by round.</param>
/// <param name="Uploads">Through the gateway.</param>
/// <param name="Plain">The same bytes to a plain Kestrel.</param>
/// <param name="ListMilliseconds">Of each request for the list, ascending.</param>
/// <param name="Memory">At the end.</param>
internal sealed record VideosReport(
    BenchOptions Options,
    IReadOnlyList<double> Processing,
    IReadOnlyList<double> Alone,
    IReadOnlyList<Transfer> Uploads,
    IReadOnlyList<Transfer> Plain,
    double[] ListMilliseconds,
    IReadOnlyDictionary<string, ProcessUsage> Memory) : IReport
{
    private double RatioToAlone => Comparison.Median(Processing.Zip(Alone, (processing, alone) => processing / alone));

    private double RatioToPlain => Comparison.Median(Uploads.Zip(Plain, (upload, plain) => upload.BytesPerSecond / plain.BytesPerSecond));

    private double ListP99 => ListMilliseconds[(int)Math.Ceiling(0.99 * ListMilliseconds.Length) - 1];

    public void Write(TextWriter output)
    {
        output.WriteLine($"{Options.Rounds} rounds by turns, medians; {Environment.ProcessorCount} cores for everything");
        output.WriteLine();
        var processing = new Table("a video of 1280x720, 20 s", "s", "of ffmpeg alone");
        processing.Add("ffmpeg alone", Hundredths(Comparison.Median(Alone)), "");
        processing.Add("by Granero", Hundredths(Comparison.Median(Processing)), Hundredths(RatioToAlone));
        processing.Write(output);
        var uploads = new Table($"an upload of {Options.Mebibytes:N0} MiB, flushed to disk", "MB/s", "of plain");
        uploads.Add("plain Kestrel body", Rate(Plain), "");
        uploads.Add("POST /api/tasks", Rate(Uploads), Hundredths(RatioToPlain));
        uploads.Write(output);
        var list = new Table($"a list of {VideosBench.VideosInList:N0}", "median ms", "p99 ms");
        list.Add("GET /api/tasks", Hundredths(Comparison.Median(ListMilliseconds)), Hundredths(ListP99));
        list.Write(output);
        Figures.Memory(Memory).Write(output);
    }

    public object ToDocument() => new
    {
        command = "videos",
        rounds = Options.Rounds,
        cores = Environment.ProcessorCount,
        processing = new { ratioToAlone = RatioToAlone, seconds = Processing, aloneSeconds = Alone },
        upload = new
        {
            bytes = (long)Options.Mebibytes << 20,
            ratioToPlain = RatioToPlain,
            bytesPerSecond = Uploads.Select(upload => upload.BytesPerSecond),
            plainBytesPerSecond = Plain.Select(upload => upload.BytesPerSecond),
            gatewayCpuSecondsPerGigabyte = Uploads.Select(upload => upload.CpuSecondsPerGigabyte),
        },
        list = new { videos = VideosBench.VideosInList, medianMilliseconds = Comparison.Median(ListMilliseconds), p99Milliseconds = ListP99 },
        memory = Memory.ToDictionary(use => use.Key, use => new { bytes = use.Value.MemoryBytes, peakBytes = use.Value.PeakBytes }),
    };

    private static string Rate(IReadOnlyList<Transfer> transfers) => Whole(Comparison.Median(transfers.Select(transfer => transfer.BytesPerSecond)) / 1e6);
}
