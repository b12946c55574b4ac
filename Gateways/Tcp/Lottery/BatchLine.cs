namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Batches in the order in which they joined, within bounds. A list whose links are in its members, so that joining and leaving cost nothing.</summary>
internal sealed class BatchLine(int maxCount, long maxWeight)
{
    private UnansweredBatch? _newest;
    private long _weight;

    public UnansweredBatch? Oldest { get; private set; }

    public int Count { get; private set; }

    /// <summary>The oldest ones have to go. A single one may be as large as it likes.</summary>
    public bool IsTooLong => Count > maxCount || (_weight > maxWeight && Count > 1);

    public void Add(UnansweredBatch batch)
    {
        batch.InLine = (this, _newest, null);
        if (_newest is { } last)
        {
            last.InLine.Newer = batch;
        }

        Oldest ??= batch;
        _newest = batch;
        Count++;
        _weight += batch.Weight;
    }

    /// <summary>Takes a batch out of its line, if it is in one.</summary>
    public static void Remove(UnansweredBatch batch)
    {
        if (batch.InLine.Line is not { } line)
        {
            return;
        }

        var (_, older, newer) = batch.InLine;
        if (older is null)
        {
            line.Oldest = newer;
        }
        else
        {
            older.InLine.Newer = newer;
        }

        if (newer is null)
        {
            line._newest = older;
        }
        else
        {
            newer.InLine.Older = older;
        }

        line.Count--;
        line._weight -= batch.Weight;
        batch.InLine = default;
    }
}
