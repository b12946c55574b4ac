using Granero.Bench.Downloads;
using Granero.Bench.Servers;
using static Granero.Bench.Report.Figures;

namespace Granero.Bench.Report;

internal sealed record DownloadReport(
    BenchOptions Options,
    long Bytes,
    Transfer Publishing,
    IReadOnlyList<Transfer> Grpc,
    IReadOnlyList<Transfer> Plain,
    IReadOnlyDictionary<string, ProcessUsage> Memory) : IReport
{
    private double RatioToPlain => Comparison.Median(Grpc.Zip(Plain, (grpc, plain) => grpc.BytesPerSecond / plain.BytesPerSecond));

    public void Write(TextWriter output)
    {
        output.WriteLine($"a file of {Whole(Bytes / 1e6)} MB, {Options.Rounds} rounds by turns, medians; {Environment.ProcessorCount} cores for everything");
        output.WriteLine();
        var table = new Table("", "MB/s", "of plain", "server CPU s/GB");
        table.Add(Row("plain Kestrel file", Plain, ""));
        table.Add(Row("gRPC Download", Grpc, Hundredths(RatioToPlain)));
        table.Add(Row("gRPC Publish", [Publishing], ""));
        table.Write(output);
        Figures.Memory(Memory).Write(output);
        output.WriteLine("bytes: both downloads have the SHA-256 of what was published");
    }

    public object ToDocument() => new
    {
        command = "downloads",
        bytes = Bytes,
        rounds = Options.Rounds,
        cores = Environment.ProcessorCount,
        ratioToPlain = RatioToPlain,
        grpc = Describe(Grpc),
        plain = Describe(Plain),
        publish = Describe([Publishing]),
        memory = Memory.ToDictionary(use => use.Key, use => new { bytes = use.Value.MemoryBytes, peakBytes = use.Value.PeakBytes }),
    };

    private static string[] Row(string name, IReadOnlyList<Transfer> transfers, string ratio) =>
        [name, Whole(BytesPerSecond(transfers) / 1e6), ratio, CpuSeconds(transfers) is { } seconds ? Hundredths(seconds) : ""];

    private static object Describe(IReadOnlyList<Transfer> transfers) => new
    {
        bytesPerSecond = BytesPerSecond(transfers),
        bytesPerSecondByRound = transfers.Select(transfer => transfer.BytesPerSecond),
        cpuSecondsPerGigabyte = CpuSeconds(transfers),
    };

    private static double BytesPerSecond(IReadOnlyList<Transfer> transfers) => Comparison.Median(transfers.Select(transfer => transfer.BytesPerSecond));

    private static double? CpuSeconds(IReadOnlyList<Transfer> transfers) =>
        transfers.All(transfer => transfer.CpuSecondsPerGigabyte is not null) ? Comparison.Median(transfers.Select(transfer => transfer.CpuSecondsPerGigabyte!.Value)) : null;
}
