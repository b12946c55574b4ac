using System.Collections.Concurrent;
using Granero.Gateways.Tcp.Wire;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp.Support;

/// <summary>
/// Keeps connections to <c>Tcp:MaxConnections</c> at a time. When all places are taken, a newcomer gets that of the peer which has been
/// silent between two requests for the longest, and when none is, of the one that has been inside its first frame for the longest, which
/// takes an honest client milliseconds: connections that ask for nothing, however many, do not shut working clients out.
/// </summary>
internal sealed class ConnectionLimit(IOptions<TcpOptions> limits, TimeProvider time)
{
    /// <summary>A client may take so long for its first frame, however many others wait for its place.</summary>
    private static readonly TimeSpan FirstFrameWithin = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<FramedConnection, bool> _open = new();

    /// <exception cref="WireException">All places are taken, and by peers in the middle of something.</exception>
    public void Enter(FramedConnection newcomer)
    {
        if (_open.Count >= limits.Value.MaxConnections && !MakeRoom())
        {
            throw new WireException(Breach.TooManyConnections, "All connections are taken, and none of them is idle.");
        }

        _open[newcomer] = true;
    }

    public void Leave(FramedConnection connection) => _open.TryRemove(connection, out _);

    private bool MakeRoom()
    {
        var idlest = _open.Keys.Where(connection => connection.IdleSince is not null).MinBy(connection => connection.IdleSince);
        return idlest is not null ? Close(idlest, Breach.IdleTimeout) : CloseSlowest();
    }

    private bool CloseSlowest()
    {
        var slowest = _open.Keys.Where(connection => connection.InFirstFrameSince is not null).MinBy(connection => connection.InFirstFrameSince);
        return slowest?.InFirstFrameSince is { } since && time.GetElapsedTime(since) >= FirstFrameWithin && Close(slowest, Breach.FrameTimeout);
    }

    private bool Close(FramedConnection connection, Breach breach)
    {
        Leave(connection);
        connection.EndWait(breach);
        return true;
    }
}
