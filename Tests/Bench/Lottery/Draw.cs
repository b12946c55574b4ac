using System.Diagnostics;
using Granero.Bench.Load;
using Granero.Tests.Support;

namespace Granero.Bench.Lottery;

/// <summary>The end of a draw: every agency says that it is ready and is told its winners.</summary>
/// <param name="Time">From just before the last agency says that it is ready until the last has its winners.</param>
/// <param name="Winners">In the order of the agencies.</param>
internal sealed record Draw(TimeSpan Time, IReadOnlyList<string[]> Winners)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<Draw> HoldAsync(LotteryProtocol protocol, IReadOnlyList<BetSequence> agencies, IReadOnlyList<SocketLoad> loads, IReadOnlyList<byte[]> unacknowledged)
    {
        RawConnection[] connections = [.. loads.Select(load => new RawConnection(load.TakeOver(), Limit))];
        try
        {
            var last = agencies.Count - 1;
            for (var i = 0; i < last; i++) await protocol.DeclareReadyAsync(connections[i], agencies[i].Agency, unacknowledged[i]);
            // They wait before the last comes, or the time would have their asking in it.
            var waiting = Enumerable.Range(0, last).Select(i => protocol.WaitForWinnersAsync(connections[i], agencies[i].Agency)).ToList();
            var start = Stopwatch.GetTimestamp();
            await protocol.DeclareReadyAsync(connections[last], agencies[last].Agency, unacknowledged[last]);
            waiting.Add(protocol.WaitForWinnersAsync(connections[last], agencies[last].Agency));
            var winners = await Task.WhenAll(waiting);
            return new Draw(Stopwatch.GetElapsedTime(start), winners);
        }
        catch (TimeoutException late)
        {
            throw new BenchException($"All {agencies.Count} agencies are ready, and the draw was not held: were the servers started with Lottery:Agencies {agencies.Count}?", late);
        }
        finally
        {
            foreach (var connection in connections) await connection.DisposeAsync();
        }
    }
}
