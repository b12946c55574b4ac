using Granero.Gateways.Tcp.Wire;

namespace Granero.Gateways.Tcp.Support;

/// <summary>
/// A connection's one deadline, looked at by the server's heartbeat once a second: ten thousand idle connections cost no timers.
/// </summary>
internal sealed class ConnectionClock(TimeProvider time)
{
    private const long Never = long.MaxValue;
    private long _deadline = Never;
    private Breach _breach;

    /// <summary>What the peer was too slow with; null while it was not.</summary>
    public Breach? Expired { get; private set; }

    public void Start(Breach breach, TimeSpan limit, long? since = null)
    {
        _breach = breach;
        Volatile.Write(ref _deadline, (since ?? time.GetTimestamp()) + (long)(limit.TotalSeconds * time.TimestampFrequency));
    }

    public void Stop() => Volatile.Write(ref _deadline, Never);

    /// <returns>True once for each start, when its deadline has passed.</returns>
    public bool Tick()
    {
        var deadline = Volatile.Read(ref _deadline);
        if (time.GetTimestamp() < deadline || Interlocked.CompareExchange(ref _deadline, Never, deadline) != deadline)
        {
            return false;
        }

        Expired = _breach;
        return true;
    }

    /// <summary>Ends the wait that was started for <paramref name="breach"/> before its time.</summary>
    /// <returns>False when something else is under way by now.</returns>
    public bool Expire(Breach breach)
    {
        if (_breach != breach || Interlocked.Exchange(ref _deadline, Never) == Never)
        {
            return false;
        }

        Expired = breach;
        return true;
    }
}
