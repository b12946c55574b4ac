namespace Granero.Peers;

/// <summary>All published files, whoever published them; its key is 0. It only reads rows, so each silo answers for itself.</summary>
[Alias("granero.peers.IPublishedFilesGrain")]
public interface IPublishedFilesGrain : IGrainWithIntegerKey
{
    /// <returns>The files that have been published under this name, the longest-published first; empty if none.</returns>
    [Alias("Find")]
    Task<PublishedFile[]> Find(string fileName, CancellationToken cancellationToken = default);

    /// <summary>Tells which bytes in the store belong to no file: those of uploads that were cut off, and of files that were replaced.</summary>
    /// <param name="ids">Ids of contents in the store, none of which is being uploaded now.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Those of them that no published file has.</returns>
    [Alias("FindUnknown")]
    Task<Guid[]> FindUnknown(Guid[] ids, CancellationToken cancellationToken = default);
}
