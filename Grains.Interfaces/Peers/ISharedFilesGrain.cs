namespace Granero.Peers;

/// <summary>
/// Who shares which files, for one slice of all file names; its key is the slice, see <see cref="SharedFiles.SliceOf"/>. Answers come
/// from memory, so they cost the same however many peers and files there are.
/// </summary>
/// <remarks>
/// A slice, rather than one file, to a grain: a million names would be a million activations, gigabytes of memory and a read of the
/// database for each name's first question, and a stranger could make more by asking for names that do not exist. A slice
/// is read at once, and knows which names are not in it.
/// </remarks>
[Alias("granero.peers.ISharedFilesGrain")]
public interface ISharedFilesGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Who shares the file. Whoever has been told that an <see cref="IPeerAddressGrain.IndexFiles"/>, a login or a logout is done finds it in the
    /// answer. Should a silo have died between the commit and the telling, the others find it once they notice that death, in seconds, and
    /// after <c>Peers:IndexMaxAge</c> (ten minutes) in any case.
    /// </summary>
    /// <returns>The peers that are logged in and have indexed a file of this name, the longest-indexed first; empty if none.</returns>
    [Alias("FindHolders")]
    Task<FileHolder[]> FindHolders(string fileName, CancellationToken cancellationToken = default);

    /// <summary>What is known of these files is out of date: the rows have changed and are to be read again before the next answer.</summary>
    [Alias("Invalidate")]
    Task Invalidate(string[] fileNames, CancellationToken cancellationToken = default);

    /// <summary>All that is known of the slice's files is out of date.</summary>
    [Alias("InvalidateAll")]
    Task InvalidateAll(CancellationToken cancellationToken = default);
}

/// <summary>A peer that shares a file.</summary>
/// <param name="PeerName">Its user name.</param>
/// <param name="Address">Where it listens, canonical text of a <see cref="PeerAddress"/>.</param>
[GenerateSerializer, Immutable, Alias("granero.peers.FileHolder")]
public sealed record FileHolder([property: Id(0)] string PeerName, [property: Id(1)] string Address);
