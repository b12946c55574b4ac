using Orleans.Concurrency;

namespace Granero.Peers;

/// <summary>
/// A peer; its key is the user name, for which <see cref="PeerNames.FaultOfPeer"/> is null. It is logged in at one address at most,
/// from its login until it logs out, logs in elsewhere (which moves it and keeps its files), gives way to another peer at its
/// address, or its lease runs out.
/// </summary>
[Alias("granero.peers.IPeerGrain")]
public interface IPeerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Lists the peer at an address, durably, and renews its lease. The first login ever registers the user with this password.
    /// Repeating it with the same token is harmless. Takes tens of milliseconds on purpose: the password hash is slow.
    /// </summary>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.WrongPassword"/>; <see cref="ErrorCode.TooManyLogins"/>; <see cref="ErrorCode.TooManyAtOnce"/>; <see cref="ErrorCode.NotYours"/>: another peer is
    /// at the address, and the caller is neither there nor logged that one in. Nothing was changed.
    /// </exception>
    [Alias("LogIn"), ResponseTimeout("00:00:30")]
    Task LogIn(PeerLogin login, CancellationToken cancellationToken = default);

    /// <summary>Where a file that the peer has indexed can be had.</summary>
    /// <returns>The peer's address, canonical: an IP, perhaps with a port, see <see cref="PeerAddress"/>.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.PeerNotLoggedIn"/>; <see cref="ErrorCode.FileNotIndexed"/>.</exception>
    [Alias("LocateFile"), AlwaysInterleave]
    Task<string> LocateFile(string fileName, CancellationToken cancellationToken = default);

    /// <summary>
    /// Checks that the caller may publish for the peer, and says how much: to be asked before the first byte is taken, and the upload
    /// ended when it becomes longer. A promise it is not: <see cref="Publish"/> decides.
    /// </summary>
    /// <returns>Bytes that a file of this name may have; what a file of this name takes already counts as free. 0 or more.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.PeerNotLoggedIn"/>; <see cref="ErrorCode.NotYours"/>.</exception>
    [Alias("RoomToPublish"), AlwaysInterleave]
    Task<long> RoomToPublish(string fileName, Caller caller, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes a file whose bytes lie in Granero's store under <see cref="PublishedFile.Id"/>, in place of one of the same name. It
    /// stays when the peer logs out. Repeating it with the same id is harmless and gets the same answer.
    /// </summary>
    /// <returns>The id of the content that it took the place of, whose bytes are of no use any more; null if there was none.</returns>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.PeerNotLoggedIn"/>; <see cref="ErrorCode.NotYours"/>; <see cref="ErrorCode.QuotaExceeded"/>. Nothing was changed.
    /// </exception>
    [Alias("Publish")]
    Task<Guid?> Publish(PublishedFile file, Caller caller, CancellationToken cancellationToken = default);

    /// <returns>The file that the peer has published under this name, logged in or not; null if none.</returns>
    [Alias("FindPublished"), AlwaysInterleave]
    Task<PublishedFile?> FindPublished(string fileName, CancellationToken cancellationToken = default);

    /// <summary>Logs the peer out, whoever it is, and takes its files out of the index, durably. It may log in again. For operators.</summary>
    /// <returns>False if it was not logged in.</returns>
    [Alias("Drop")]
    Task<bool> Drop(CancellationToken cancellationToken = default);
}
