using Granero.Bench.Lottery;
using Granero.Bench.Report;

namespace Granero.Bench;

/// <summary>Both protocols beside raw COPY of the same bets in the same batches, by turns, on the same Postgres.</summary>
internal sealed class LotteryBench(BenchOptions options, Rig rig)
{
    private const int WarmUpShare = 5;

    public async Task<LotteryReport> RunAsync()
    {
        Pair[] pairs = [.. Pairs()];
        foreach (var pair in pairs) await WarmUpAsync(pair);
        var newAgencies = await MeetNewAgenciesAsync();
        for (var round = 0; round < options.Rounds; round++)
            foreach (var pair in pairs) await RunAsync(pair, serverFirst: round % 2 == 1);
        return new LotteryReport(options, [.. pairs.Select(pair => new Comparison(pair.Server, pair.Copy))], newAgencies, rig.Servers.Measure());
    }

    private IEnumerable<Pair> Pairs()
    {
        if (options.Protocol != "delimited") yield return Make(new TlvProtocol(), options.Batch, options.ConnectionPerRequest);
        if (options.Protocol != "tlv") yield return Make(new DelimitedProtocol(), options.AckEvery);
    }

    private Pair Make(LotteryProtocol protocol, int batch, bool connectionPerRequest = false) =>
        new(protocol, batch, connectionPerRequest, new Traffic(protocol, rig.Share(options.Bets, batch)), [], []);

    private async Task WarmUpAsync(Pair pair)
    {
        var some = rig.Share(options.Bets / WarmUpShare, pair.Batch);
        await rig.RunCopyAsync($"warm-up of {pair.CopyName}", some);
        await rig.RunLotteryAsync($"warm-up of {pair.Name}", new Traffic(pair.Protocol, some), pair.ConnectionPerRequest);
    }

    private async Task<double[]> MeetNewAgenciesAsync()
    {
        var (milliseconds, sent) = await NewAgencies.BetAsync(options.Target);
        await rig.EndDrawAsync();
        await rig.Books.CloseAsync(sent, winners: []);
        return milliseconds;
    }

    /// <summary>Who goes first alternates from round to round, so that a machine that slows down or speeds up favours neither.</summary>
    private async Task RunAsync(Pair pair, bool serverFirst)
    {
        if (serverFirst) pair.Server.Add(await rig.RunLotteryAsync(pair.Name, pair.Traffic, pair.ConnectionPerRequest));
        pair.Copy.Add(await rig.RunCopyAsync(pair.CopyName, pair.Traffic.Agencies));
        if (!serverFirst) pair.Server.Add(await rig.RunLotteryAsync(pair.Name, pair.Traffic, pair.ConnectionPerRequest));
    }

    private sealed record Pair(LotteryProtocol Protocol, int Batch, bool ConnectionPerRequest, Traffic Traffic, List<Phase> Server, List<Phase> Copy)
    {
        public string Name => $"{Protocol.Name} {Batch}{(ConnectionPerRequest ? ", a connection each" : "")}";

        public string CopyName => $"COPY {Batch}";
    }
}
