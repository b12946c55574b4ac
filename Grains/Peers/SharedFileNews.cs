namespace Granero.Peers;

/// <summary>Tells the slices of the index which files have changed, after the commit and before whoever changed them is answered.</summary>
internal sealed class SharedFileNews(IGrainFactory grains)
{
    public Task Tell(IEnumerable<string> fileNames, CancellationToken cancellationToken) => Task.WhenAll(
        fileNames.GroupBy(SharedFiles.SliceOf).Select(slice =>
            grains.GetGrain<ISharedFilesGrain>(slice.Key).Invalidate([.. slice], cancellationToken)));
}
