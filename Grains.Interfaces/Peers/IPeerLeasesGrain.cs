namespace Granero.Peers;

/// <summary>The leases of all logged-in peers; its key is 0. Its reminder logs out the peers whose lease has run out.</summary>
[Alias("granero.peers.IPeerLeasesGrain")]
public interface IPeerLeasesGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Renews the leases of those who have called. Gateways collect who calls and tell it now and then, so that a question that
    /// changes nothing costs no write.
    /// </summary>
    /// <param name="ips">Remote IPs, as <see cref="Caller.Ip"/>: every peer that was logged in from one of them is renewed.</param>
    /// <param name="tokenHashes">Hashes of tokens that calls have borne.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Renew")]
    Task Renew(string[] ips, byte[][] tokenHashes, CancellationToken cancellationToken = default);

    /// <summary>Logs out the peers whose lease has run out. Harmless at any time.</summary>
    /// <returns>How many there were.</returns>
    [Alias("Sweep"), ResponseTimeout("00:01:00")]
    Task<int> Sweep(CancellationToken cancellationToken = default);
}
