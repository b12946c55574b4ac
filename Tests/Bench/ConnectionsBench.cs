using Granero.Bench.Connections;
using Granero.Bench.Lottery;
using Granero.Bench.Report;

namespace Granero.Bench;

/// <summary>One good client, alone and in a crowd, by turns: does the crowd make it wait?</summary>
internal sealed class ConnectionsBench(BenchOptions options, Rig rig)
{
    public async Task<ConnectionsReport> RunAsync()
    {
        var traffic = new Traffic(new TlvProtocol(), rig.OnlyFirst(options.Bets, options.Batch));
        await rig.RunLotteryAsync("warm-up", traffic, options.ConnectionPerRequest);
        var (alone, crowded, cut) = (new List<Phase>(), new List<Phase>(), 0);
        for (var round = 0; round < options.Rounds; round++)
        {
            alone.Add(await rig.RunLotteryAsync("alone", traffic, options.ConnectionPerRequest));
            await using var crowd = await Crowd.GatherAsync(options.Target, options.Idle, options.Slow);
            ExpectIdle(crowd.StillIdle);
            crowded.Add(await rig.RunLotteryAsync("in the crowd", traffic, options.ConnectionPerRequest));
            ExpectIdle(crowd.StillIdle);
            cut += crowd.Cut;
        }
        return new ConnectionsReport(options, alone, crowded, cut, rig.Servers.Measure());
    }

    private void ExpectIdle(int still)
    {
        if (still < options.Idle)
            throw new BenchException($"The gateway closed {options.Idle - still:N0} of {options.Idle:N0} idle connections: is Tcp:MaxConnections above {options.Idle + options.Slow + options.Agencies:N0}, and its limit of open files?");
    }
}
