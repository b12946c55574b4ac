using Granero.Gateways.Tcp.Support;
using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>
/// The batches whose answers their clients may not have got. A client that lost its connection sends its bets again, and its protocol
/// gives them no id: the same bets of the agency on another connection, after one is lost, are the same batch and get its id, by which
/// the cluster stores it once, even while the first call is still under way. Two connections that are both alive are two batches.
/// </summary>
internal sealed class UnansweredBatches(TimeProvider time)
{
    /// <summary>Nobody sends again after so long what he missed.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    /// <summary>For a batch whose connection has ended to be settled, when another gateway asks.</summary>
    private static readonly TimeSpan SettledWithin = TimeSpan.FromSeconds(2);

    private const int MaxCount = 65_536;
    private const long MaxWeight = 64 * 1024 * 1024;

    /// <summary>A look at a socket costs a call to the kernel; who sends again is among the last.</summary>
    private const int MaxLooks = 4;

    private readonly Lock _gate = new();
    private readonly BatchIndex _index = new();
    private readonly BatchLine _answered = new(MaxCount, MaxWeight);
    private readonly BatchLine _lost = new(MaxCount, MaxWeight);

    /// <summary>
    /// Comes before the call to the cluster. Waits for the end of a batch with the same bets whose client has closed its side: only
    /// its answer shows whether that client still reads.
    /// </summary>
    /// <returns>The batch to store: its own, or with the id of the one that it repeats.</returns>
    public async ValueTask<BetBatch> EnterAsync(UnansweredBatch batch)
    {
        Task<bool>? end;
        lock (_gate)
        {
            _index.Add(batch);
            end = FindRepeated(batch);
        }

        while (end is not null && !await end)
        {
            lock (_gate)
            {
                end = FindRepeated(batch);
            }
        }

        return batch.Bets!;
    }

    /// <summary>The batch is stored and about to be answered.</summary>
    public void Answer(UnansweredBatch batch)
    {
        batch.Weigh();
        lock (_gate)
        {
            if (batch.Fate == BatchFate.Open)
            {
                AddTo(_answered, batch);
            }
        }
    }

    /// <param name="batch">A batch whose client is done with it, or whose connection has ended.</param>
    /// <param name="isMissed">Whether the client may have missed its answer.</param>
    public void Settle(UnansweredBatch batch, bool isMissed)
    {
        batch.Weigh();
        lock (_gate)
        {
            if (batch.Fate != BatchFate.Open)
            {
                return;
            }

            if (isMissed && (batch.End is null || batch.HandedTo is not null))
            {
                Lose(batch);
            }
            else
            {
                Forget(batch);
            }

            batch.End?.SetResult(isMissed);
        }
    }

    /// <summary>The agency has gone on: nothing that it may have missed comes again.</summary>
    public void ForgetLost(int agency)
    {
        lock (_gate)
        {
            for (var batch = _lost.Oldest; batch is not null;)
            {
                var next = batch.InLine.Newer;
                if (batch.Agency == agency && batch.Fate == BatchFate.Lost)
                {
                    Forget(batch);
                }

                batch = next;
            }
        }
    }

    /// <inheritdoc cref="IBetCarrier.MayHaveMissed"/>
    public async Task<bool> MayHaveMissedAsync(int agency, Guid id, Guid repetition)
    {
        Task<bool> end;
        lock (_gate)
        {
            if (_index.Find(agency, id) is not { } batch || (batch.HandedTo ?? repetition) != repetition || IsAlive(batch))
            {
                return false;
            }

            batch.HandedTo = repetition;
            if (batch.Fate != BatchFate.Open)
            {
                batch.Fate = BatchFate.HandedOver;
                return true;
            }

            batch.End ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            end = batch.End.Task;
        }

        await Task.WhenAny(end, Task.Delay(SettledWithin, time));
        return !end.IsCompleted || await end;
    }

    /// <summary>Gives the batch the id of the one before it that it repeats, if there is one.</summary>
    /// <returns>What has to be waited for before that can be told.</returns>
    private Task<bool>? FindRepeated(UnansweredBatch batch)
    {
        batch.Client.ThrowIfLeft();
        var looks = MaxLooks;
        for (var other = batch.SameKey.Older; other is not null; other = other.SameKey.Older)
        {
            if (other.Client == batch.Client || other.HandedTo is not null || other.End is not null || other.IsProven || !other.IsLike(batch))
            {
                continue;
            }

            var isLost = other.Fate == BatchFate.Lost;
            var presence = isLost || looks-- <= 0 ? PeerPresence.Here : other.Client.Presence;
            if ((isLost && time.GetElapsedTime(other.LostAt) < KeptFor) || presence == PeerPresence.Gone)
            {
                TakeOver(other, batch);
                return null;
            }

            if (presence == PeerPresence.HalfClosed)
            {
                return WaitFor(other, batch);
            }
        }

        return null;
    }

    private void TakeOver(UnansweredBatch lost, UnansweredBatch batch)
    {
        batch.TakeId(lost.Id);
        lost.Client.Leave();
        Forget(lost);
    }

    private static async Task<bool> WaitFor(UnansweredBatch other, UnansweredBatch batch)
    {
        other.End = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var isMissed = await other.End.Task;
        if (isMissed)
        {
            batch.TakeId(other.Id);
        }

        return isMissed;
    }

    private static bool IsAlive(UnansweredBatch batch) =>
        batch.Fate == BatchFate.Open
        && ((batch.End is not null && batch.HandedTo is null) || batch.IsProven || batch.Client.Presence == PeerPresence.Here);

    private void Lose(UnansweredBatch batch)
    {
        batch.Fate = batch.HandedTo is null ? BatchFate.Lost : BatchFate.HandedOver;
        batch.LostAt = time.GetTimestamp();
        AddTo(_lost, batch);
        while (_lost.Oldest is { } oldest && time.GetElapsedTime(oldest.LostAt) >= KeptFor)
        {
            Forget(oldest);
        }
    }

    private void AddTo(BatchLine line, UnansweredBatch batch)
    {
        BatchLine.Remove(batch);
        line.Add(batch);
        while (line.IsTooLong)
        {
            var oldest = line.Oldest!;
            Forget(oldest);
            if (oldest.End is { Task.IsCompleted: false } end)
            {
                end.SetResult(false);
            }
        }
    }

    private void Forget(UnansweredBatch batch)
    {
        BatchLine.Remove(batch);
        _index.Remove(batch);
        batch.Forget();
    }
}
