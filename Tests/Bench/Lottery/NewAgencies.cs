using System.Diagnostics;
using System.Net;
using Granero.Tests.Support;

namespace Granero.Bench.Lottery;

/// <summary>Agencies that the servers have never heard of, each with one bet: how soon is the first ack?</summary>
internal static class NewAgencies
{
    private const int Count = 20;

    /// <returns>From before the connection is opened to the ack, in milliseconds, ascending; and what the agencies sent.</returns>
    public static async Task<(double[] Milliseconds, IReadOnlyList<BetSequence> Sent)> BetAsync(IPEndPoint target)
    {
        var first = Random.Shared.Next(1_000_000, int.MaxValue - Count);
        var bets = LotteryDataSet.Make(1, Count).Agencies[0].Bets;
        var sent = Enumerable.Range(0, Count).Select(i => new AgencyBets(first + i, [bets[i]])).ToArray();
        var times = new List<double>();
        foreach (var agency in sent)
        {
            var start = Stopwatch.GetTimestamp();
            await using var client = new TlvClient(target, agency);
            await client.SendBetsAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return ([.. times.Order()], [.. sent.Select(agency => new BetSequence(agency, 1, batch: 1))]);
    }
}
