namespace Granero.Peers;

/// <summary>An address; its key is <see cref="PeerAddress.Key"/>. One peer at most is logged in at it.</summary>
[Alias("granero.peers.IPeerAddressGrain")]
public interface IPeerAddressGrain : IGrainWithStringKey
{
    /// <summary>
    /// Adds files to those that the peer at this address shares, all or none, durably, and renews the lease. Files that it shares
    /// already keep their place. When this returns, <see cref="ISharedFilesGrain.FindHolders"/> tells of them.
    /// </summary>
    /// <param name="fileNames">Names for which <see cref="PeerNames.FaultOfFile"/> is null; may be empty, or name a file twice.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun may still happen.</param>
    /// <exception cref="GraneroException"><see cref="ErrorCode.AddressNotLoggedIn"/>; <see cref="ErrorCode.NotYours"/>.</exception>
    [Alias("IndexFiles")]
    Task IndexFiles(string[] fileNames, Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Checks that the caller may index files here: to be asked before many names travel. A promise it is not: <see cref="IndexFiles"/> decides.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.AddressNotLoggedIn"/>; <see cref="ErrorCode.NotYours"/>.</exception>
    [Alias("CheckMayIndex")]
    Task CheckMayIndex(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>
    /// Logs the peer at this address out and takes its files out of the index, durably. When this returns, nobody is told of them any
    /// more. Nobody being logged in here is no error, so repeating it is harmless.
    /// </summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.NotYours"/>.</exception>
    [Alias("LogOut")]
    Task LogOut(Caller caller, CancellationToken cancellationToken = default);
}
