using System.Runtime.InteropServices;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Finds the batches that may be like another one, the newest first: a dictionary of chains whose links are in their members.</summary>
internal sealed class BatchIndex
{
    private readonly Dictionary<int, UnansweredBatch> _newest = [];

    public void Add(UnansweredBatch batch)
    {
        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_newest, batch.Key, out _);
        batch.SameKey = (newest, null);
        if (newest is not null)
        {
            newest.SameKey.Newer = batch;
        }

        newest = batch;
    }

    public void Remove(UnansweredBatch batch)
    {
        var (older, newer) = batch.SameKey;
        if (older is not null)
        {
            older.SameKey.Newer = newer;
        }

        if (newer is not null)
        {
            newer.SameKey.Older = older;
        }
        else if (older is not null)
        {
            _newest[batch.Key] = older;
        }
        else
        {
            _newest.Remove(batch.Key);
        }
    }

    /// <summary>By its id, which it takes a look at all of them to find: for what is asked seldom.</summary>
    public UnansweredBatch? Find(int agency, Guid id)
    {
        foreach (var newest in _newest.Values)
        {
            for (var batch = newest; batch is not null; batch = batch.SameKey.Older)
            {
                if (batch.Agency == agency && batch.Id == id)
                {
                    return batch;
                }
            }
        }

        return null;
    }
}
