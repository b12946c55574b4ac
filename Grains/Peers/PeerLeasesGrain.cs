using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Peers;

/// <summary>The leases. All who read the index pass over peers whose lease has run out, so nothing depends on when the sweep comes.</summary>
[GrainType("peer-leases")]
internal sealed partial class PeerLeasesGrain(
    PeerStore peers, SharedFileNews news, IOptions<PeersOptions> options, TimeProvider time, ILogger<PeerLeasesGrain> logger)
    : Grain, IPeerLeasesGrain, IRemindable
{
    private const string ReminderName = "sweep";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private IGrainReminder? _reminder;

    public Task Renew(string[] ips, byte[][] tokenHashes, CancellationToken cancellationToken) =>
        peers.Renew(ips, tokenHashes, time.GetUtcNow(), options.Value.Lease, cancellationToken);

    public async Task<int> Sweep(CancellationToken cancellationToken)
    {
        _reminder ??= await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        await news.TellWhatIsUntold(cancellationToken);
        var total = 0;
        while (await peers.RemoveExpired(time.GetUtcNow(), cancellationToken) is { Peers: > 0 } removed)
        {
            total += removed.Peers;
            await news.Tell(removed.Files, cancellationToken);
        }

        if (total > 0)
            LogExpired(total);
        return total;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Sweep(CancellationToken.None);

    [LoggerMessage(2001, LogLevel.Information, "{Peers} peers were logged out: their leases had run out")]
    private partial void LogExpired(int peers);
}
