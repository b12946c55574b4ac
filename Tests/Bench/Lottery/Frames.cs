namespace Granero.Bench.Lottery;

/// <summary>The bytes of all requests of an agency, made once and sent as often as the sequence repeats.</summary>
internal sealed class Frames
{
    private readonly BetSequence bets;
    private readonly byte[][] full;
    private readonly byte[] last;

    public Frames(BetSequence bets, LotteryProtocol protocol)
    {
        this.bets = bets;
        var fullBatches = bets.Count / bets.Batch;
        full = [.. Enumerable.Range(0, Math.Min(fullBatches, bets.DistinctBatches)).Select(i => protocol.ToBytes(bets.Agency, bets.BatchAt(i)))];
        last = fullBatches == bets.Batches ? [] : protocol.ToBytes(bets.Agency, bets.BatchAt(fullBatches));
        Requests = protocol.AcknowledgesShortBatch ? bets.Batches : fullBatches;
    }

    /// <summary>How many frames get an ack of their own.</summary>
    public int Requests { get; }

    /// <summary>The bets that are acknowledged together with what follows them; empty if there are none.</summary>
    public byte[] Unacknowledged => Requests < bets.Batches ? last : [];

    public byte[] this[int request] => bets.BatchLength(request) == bets.Batch ? full[request % full.Length] : last;

    public int ItemsIn(int request) => bets.BatchLength(request);
}
