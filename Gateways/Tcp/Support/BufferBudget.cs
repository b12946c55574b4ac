using Granero.Gateways.Tcp.Wire;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp.Support;

/// <summary>Keeps what all connections hold of unfinished frames to <c>Tcp:MaxBufferedBytes</c>.</summary>
internal sealed class BufferBudget(IOptions<TcpOptions> limits)
{
    /// <summary>Less than this is every connection's to hold.</summary>
    public const int FreeBytes = 64 * 1024;

    private long _held;

    /// <summary>A connection that held <paramref name="before"/> bytes now holds <paramref name="now"/>.</summary>
    /// <returns>What it is to be counted with from now on.</returns>
    /// <exception cref="WireException">All connections together would hold too much; it is counted as before.</exception>
    public long Change(long before, long now)
    {
        var counted = now < FreeBytes ? 0 : now;
        if (counted == before)
        {
            return counted;
        }

        var held = Interlocked.Add(ref _held, counted - before);
        if (counted > before && held > limits.Value.MaxBufferedBytes)
        {
            Interlocked.Add(ref _held, before - counted);
            throw new WireException(Breach.BuffersFull, "The unfinished frames of all connections are above the limit.");
        }

        return counted;
    }
}
