using System.Collections.Concurrent;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>
/// Tells the agencies' grains when a client may have missed an answer: this process is one origin of bets, until the client of an
/// agency leaves before its answer; from then on the process is another origin to that agency.
/// </summary>
internal sealed class BetOrigins
{
    private readonly Guid _process = Guid.NewGuid();
    private readonly ConcurrentDictionary<int, Guid> _afterDoubt = new();

    public Guid Of(int agency) => _afterDoubt.GetValueOrDefault(agency, _process);

    /// <summary>The client was gone when its bets had been stored: it may send them again.</summary>
    public void Doubt(int agency) => _afterDoubt[agency] = Guid.NewGuid();
}
