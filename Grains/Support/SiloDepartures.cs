using System.Collections.Concurrent;

namespace Granero.Support;

/// <summary>
/// How many silos this one has seen leave or die. A silo that dies between a commit and the telling of it leaves answers in others' memory
/// that are out of date: whoever sees this number change does not trust what was read before.
/// </summary>
internal sealed class SiloDepartures : ISiloStatusListener
{
    private readonly ConcurrentDictionary<SiloAddress, bool> _leaving = new();
    private int _count;

    public SiloDepartures(ISiloStatusOracle silos) => silos.SubscribeToSiloStatusEvents(this);

    public int Count => Volatile.Read(ref _count);

    /// <summary>While a silo leaves in order, its grains may be active there and elsewhere, and be told of changes where they are not asked.</summary>
    public bool IsOneLeaving => !_leaving.IsEmpty;

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status is SiloStatus.ShuttingDown or SiloStatus.Stopping)
            _leaving[updatedSilo] = true;
        else if (status is not SiloStatus.Dead)
            return;
        else
            _leaving.TryRemove(updatedSilo, out _);
        Interlocked.Increment(ref _count);
    }
}
