using System.Diagnostics;
using System.Security.Cryptography;
using Granero.Bench.Downloads;
using Granero.Bench.Report;
using Granero.Bench.Servers;

namespace Granero.Bench;

/// <summary>A long file by gRPC from the gateway, beside the same file from a plain Kestrel, by turns.</summary>
internal sealed class DownloadBench(BenchOptions options)
{
    private const string Gateway = "gateway-grpc";
    private const int ReadBytes = 64 * 1024;

    private readonly ServerProcesses _servers = new(options.RunDirectory);
    private readonly List<Transfer> _grpc = [];
    private readonly List<Transfer> _plain = [];

    public async Task<DownloadReport> RunAsync()
    {
        using var sample = await SampleFile.MakeAsync(options.Mebibytes);
        using var gateway = new GatewayFiles(options.Grpc, options.Rest);
        using var plain = PlainFileServer.Start(sample.Path);
        using var http = new HttpClient();
        var publishing = await PublishAsync(gateway, sample);
        await WarmUpAsync(gateway, http, plain, sample);
        for (var round = 0; round < options.Rounds; round++)
        {
            if (round % 2 == 1) await MeasureGatewayAsync(gateway, sample);
            _plain.Add(await MeasureAsync(sample, () => DownloadAsync(http, plain.Address), () => plain.Measure().CpuSeconds));
            if (round % 2 == 0) await MeasureGatewayAsync(gateway, sample);
        }

        using var nothing = await SampleFile.MakeAsync(0);
        await gateway.PublishAsync(nothing, _ => { }); // in place of the long one, whose room it gives back
        return new DownloadReport(options, sample.Length, publishing, _grpc, _plain, _servers.Measure());
    }

    private async Task<Transfer> PublishAsync(GatewayFiles gateway, SampleFile sample)
    {
        var sent = 0L;
        await using var progress = new Progress("publishing", sample.Length, () => Volatile.Read(ref sent));
        return await MeasureAsync(
            sample,
            async () =>
            {
                await gateway.PublishAsync(sample, bytes => Volatile.Write(ref sent, bytes));
                return sample.Length;
            },
            GatewayCpuSeconds);
    }

    /// <summary>Also where it is proved that the bytes are the right ones, which costs too much to be measured along.</summary>
    private static async Task WarmUpAsync(GatewayFiles gateway, HttpClient http, PlainFileServer plain, SampleFile sample)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await gateway.DownloadAsync(hash);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(sample.Sha256)) throw new BenchException("What was downloaded is not what was published.");
        await DownloadAsync(http, plain.Address, hash);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(sample.Sha256)) throw new BenchException("The plain server gave another file.");
        await gateway.DownloadAsync();
        await DownloadAsync(http, plain.Address);
    }

    private async Task MeasureGatewayAsync(GatewayFiles gateway, SampleFile sample) =>
        _grpc.Add(await MeasureAsync(sample, () => gateway.DownloadAsync(), GatewayCpuSeconds));

    private double? GatewayCpuSeconds() => _servers.Names.Contains(Gateway) ? _servers.Measure()[Gateway].CpuSeconds : null;

    private static async Task<Transfer> MeasureAsync(SampleFile sample, Func<Task<long>> transfer, Func<double?> cpuSeconds)
    {
        var before = cpuSeconds();
        var start = Stopwatch.GetTimestamp();
        var bytes = await transfer();
        var elapsed = Stopwatch.GetElapsedTime(start);
        return bytes == sample.Length
            ? new Transfer(bytes, elapsed, cpuSeconds() - before)
            : throw new BenchException($"A download gave {bytes} bytes of {sample.Length}.");
    }

    private static async Task<long> DownloadAsync(HttpClient http, Uri address, IncrementalHash? hash = null)
    {
        await using var body = await http.GetStreamAsync(address);
        var (buffer, bytes) = (new byte[ReadBytes], 0L);
        for (int read; (read = await body.ReadAsync(buffer)) > 0; bytes += read) hash?.AppendData(buffer, 0, read);
        return bytes;
    }
}
