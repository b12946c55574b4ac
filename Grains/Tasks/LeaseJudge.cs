using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>
/// Whether this runner may hold others for dead whose leases have run out. While the database is away nobody's lease is renewed, and
/// whoever comes back first would take all others' runs and containers: they have the time of a lease to come back, too.
/// </summary>
internal sealed class LeaseJudge(IOptions<TasksOptions> options, TimeProvider time)
{
    private long? _renewed;
    private long? _away;

    /// <summary>Renewals come five times in a lease. When two are missing, those of others may be as well.</summary>
    private TimeSpan LongestPause => Lease * 0.4;

    private TimeSpan Lease => options.Value.RunnerLease;

    public bool CanJudge => !IsAway() && (_away is not { } away || time.GetElapsedTime(away) >= Lease);

    /// <summary>This runner's own lease was renewed.</summary>
    public void Renewed()
    {
        var now = time.GetTimestamp();
        if (IsAway())
            _away = now;
        _renewed = now;
    }

    private bool IsAway() => _renewed is { } renewed && time.GetElapsedTime(renewed) > LongestPause;
}
