using System.Collections.Concurrent;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>
/// Tells the agencies' grains when a client may have missed an answer: this process is one origin of bets, until a client of an agency
/// is not told what became of its bets, or does not wait for it; from then on the process is another origin to that agency.
/// </summary>
internal sealed class BetOrigins
{
    private readonly Guid _process = Guid.NewGuid();
    private readonly ConcurrentDictionary<int, Standing> _agencies = new();

    /// <summary>Bets of the agency set out; they are under way until <see cref="End"/>.</summary>
    public Guid Begin(int agency) => _agencies.GetOrAdd(agency, _ => new Standing(_process)).Begin();

    /// <param name="agency">Whose bets they were.</param>
    /// <param name="isToldOutcome">Whether the client learns what became of them; if not, it may send them again.</param>
    public void End(int agency, bool isToldOutcome) => _agencies[agency].End(isToldOutcome);

    private sealed class Standing(Guid origin)
    {
        private readonly Lock _gate = new();
        private Guid _origin = origin;
        private int _underWay;

        public Guid Begin()
        {
            lock (_gate)
            {
                // Others are under way: perhaps of the same client, which has lost patience, and these are the same bets.
                if (_underWay++ > 0)
                {
                    _origin = Guid.NewGuid();
                }

                return _origin;
            }
        }

        public void End(bool isToldOutcome)
        {
            lock (_gate)
            {
                _underWay--;
                if (!isToldOutcome)
                {
                    _origin = Guid.NewGuid();
                }
            }
        }
    }
}
