namespace Granero.Peers;

/// <summary>
/// How many silos this one has seen die. A silo that dies between a commit and the telling of it leaves answers in others' memory
/// that are out of date: whoever sees this number change does not trust what was read before.
/// </summary>
internal sealed class SiloDeaths : ISiloStatusListener
{
    private int _count;

    public SiloDeaths(ISiloStatusOracle silos) => silos.SubscribeToSiloStatusEvents(this);

    public int Count => Volatile.Read(ref _count);

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead)
            Interlocked.Increment(ref _count);
    }
}
