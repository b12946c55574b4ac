using System.Collections.Concurrent;
using Granero.Gateways.Tcp.Wire;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp.Support;

/// <summary>
/// Keeps connections to <c>Tcp:MaxConnections</c> at a time. When all places are taken, a newcomer gets that of the peer which has been
/// silent between two requests for the longest: idle connections, however many, do not shut working clients out.
/// </summary>
internal sealed class ConnectionLimit(IOptions<TcpOptions> limits)
{
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
        if (idlest is null)
        {
            return false;
        }

        Leave(idlest);
        idlest.EndIdleness();
        return true;
    }
}
