using Granero.Bench.Lottery;
using Granero.Bench.Report;
using Granero.Bench.Servers;

namespace Granero.Bench;

/// <summary>A draw, one of ten times the bets, and the first again, by each protocol: does time grow with the bets, and memory not?</summary>
internal sealed class SoakBench(BenchOptions options, Rig rig)
{
    private const int Times = 10;

    public async Task<SoakReport> RunAsync()
    {
        var steps = new List<SoakStep>();
        var warmUp = new Traffic(new TlvProtocol(), rig.Share(options.Bets, options.Batch));
        await rig.RunLotteryAsync("warm-up", warmUp, options.ConnectionPerRequest);
        if (options.Protocol != "delimited") await RunAsync(steps, new TlvProtocol(), options.Batch, options.ConnectionPerRequest);
        if (options.Protocol != "tlv") await RunAsync(steps, new DelimitedProtocol(), options.AckEvery);
        return new SoakReport(options, Times, steps);
    }

    private async Task RunAsync(List<SoakStep> steps, LotteryProtocol protocol, int batch, bool connectionPerRequest = false)
    {
        var few = new Traffic(protocol, rig.Share(options.Bets, batch));
        var many = new Traffic(protocol, rig.Share(options.Bets, batch, Times));
        foreach (var traffic in (Traffic[])[few, many, few])
        {
            var phase = await rig.RunLotteryAsync($"{protocol.Name} {batch}", traffic, connectionPerRequest);
            steps.Add(new SoakStep(phase, rig.Servers.Measure()));
        }
    }
}

/// <summary>A draw, and what the processes held when it was over.</summary>
internal sealed record SoakStep(Phase Phase, IReadOnlyDictionary<string, ProcessUsage> Memory);
