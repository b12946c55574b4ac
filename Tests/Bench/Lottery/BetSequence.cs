using Granero.Tests.Support;

namespace Granero.Bench.Lottery;

/// <summary>
/// What one agency sends in a draw: <paramref name="count"/> bets in batches. When that is more than it has, it begins again from
/// its first bet, so that ten million bets need no more memory than two hundred thousand.
/// </summary>
internal sealed class BetSequence(AgencyBets agency, int count, int batch)
{
    // Whole batches only, so that the batches come round with the bets.
    private readonly int period = count <= agency.Bets.Count ? count : agency.Bets.Count / batch * batch;

    public int Agency => agency.Agency;

    public int Count => count;

    public int Batch => batch;

    /// <summary>How many batches there are, a last one that is not full included.</summary>
    public int Batches => (count + batch - 1) / batch;

    /// <summary>After how many batches they repeat.</summary>
    public int DistinctBatches => (period + batch - 1) / batch;

    public LotteryBet this[int index] => agency.Bets[index % period];

    public int BatchLength(int index) => Math.Min(batch, count - (index * batch));

    public LotteryBet[] BatchAt(int index) => [.. Enumerable.Range(index * batch, BatchLength(index)).Select(i => this[i])];

    public IEnumerable<LotteryBet> All() => Enumerable.Range(0, count).Select(i => this[i]);
}
