using Orleans.Concurrency;

namespace Granero.Peers;

/// <summary>Answers from the rows, on whichever silo the question comes in.</summary>
[GrainType("published-files"), StatelessWorker]
internal sealed class PublishedFilesGrain(PublishedFileStore store) : Grain, IPublishedFilesGrain
{
    public Task<PublishedFile[]> Find(string fileName, CancellationToken cancellationToken) => store.Find(fileName, cancellationToken);

    public Task<Guid[]> FindUnknown(Guid[] ids, CancellationToken cancellationToken) => store.FindUnknown(ids, cancellationToken);
}
