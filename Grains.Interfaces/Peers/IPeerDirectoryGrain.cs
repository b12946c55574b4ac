namespace Granero.Peers;

/// <summary>All peers, for those who watch over them; its key is 0. It only reads rows, so each silo answers for itself.</summary>
[Alias("granero.peers.IPeerDirectoryGrain")]
public interface IPeerDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Who is logged in, in the order of names.</summary>
    /// <param name="search">A part of the name or the address; empty for all.</param>
    /// <param name="after">The last name of the page before; empty for the first page.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Look")]
    Task<PeersBoard> Look(string search, string after, int limit, CancellationToken cancellationToken = default);

    /// <summary>What a peer shares, in the order of names.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="after">The last name of the page before; empty for the first page.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Files")]
    Task<string[]> Files(string peer, string after, int limit, CancellationToken cancellationToken = default);

    /// <returns>Whether it is the hash of the token of a peer that is logged in.</returns>
    [Alias("IsToken")]
    Task<bool> IsToken(byte[] tokenHash, CancellationToken cancellationToken = default);
}
