using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;
using Granero.Lottery;
using Microsoft.AspNetCore.Connections;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>The batches of one connection whose answers its client has not certainly taken.</summary>
internal sealed class ClientAnswers(FramedConnection connection, UnansweredBatches batches)
{
    private readonly Queue<UnansweredBatch> _unproven = new();
    private bool _hasLeft;

    public PeerPresence Presence => connection.Presence;

    /// <inheritdoc cref="ReadProof.UpTo"/>
    public long ProvenUpTo => connection.Proof.UpTo;

    /// <summary>The client goes on over another connection: nothing more is taken from this one.</summary>
    public void Leave() => Volatile.Write(ref _hasLeft, true);

    /// <exception cref="ConnectionResetException">The client goes on over another connection.</exception>
    public void ThrowIfLeft()
    {
        if (Volatile.Read(ref _hasLeft))
        {
            throw new ConnectionResetException("The client has left, and goes on over another connection.");
        }
    }

    /// <summary>The request that was read last is a batch; its answer is not taken for certain before something proves it.</summary>
    public UnansweredBatch Expect(int agency, BetBatch bets)
    {
        DropProven();
        var batch = new UnansweredBatch(this, agency, bets, connection.Proof.Consumed);
        _unproven.Enqueue(batch);
        return batch;
    }

    /// <summary>The connection's end, before it is closed.</summary>
    /// <param name="failure">What ended it; null if the client closed its side, or was told that this was all.</param>
    public async Task SettleAsync(Exception? failure)
    {
        DropProven();
        if (_unproven.Count == 0)
        {
            return;
        }

        var isTaken = failure switch
        {
            null or WireException { Breach: Breach.IdleTimeout } => await connection.TookItsAnswersAsync(),
            _ => false,
        };
        while (_unproven.TryDequeue(out var batch))
        {
            batches.Settle(batch, isMissed: !isTaken);
        }
    }

    private void DropProven()
    {
        while (_unproven.TryPeek(out var batch) && batch.IsProven)
        {
            batches.Settle(_unproven.Dequeue(), isMissed: false);
        }
    }
}
