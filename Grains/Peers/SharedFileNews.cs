using Microsoft.Extensions.Logging;

namespace Granero.Peers;

/// <summary>Tells the slices of the index which files have changed, after the commit and before whoever changed them is answered.</summary>
internal sealed partial class SharedFileNews(IGrainFactory grains, ILogger<SharedFileNews> logger)
{
    public Task Tell(IEnumerable<string> fileNames, CancellationToken cancellationToken) => Task.WhenAll(
        fileNames.GroupBy(SharedFiles.SliceOf).Select(slice => Tell(slice.Key, [.. slice], cancellationToken)));

    /// <remarks>Once more if it fails: the slice was on a silo that has died, and is elsewhere now.</remarks>
    private async Task Tell(int slice, string[] fileNames, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<ISharedFilesGrain>(slice);
        try
        {
            await grain.Invalidate(fileNames, cancellationToken);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            LogTellingAgain(slice, failure.GetType().Name, failure.Message);
            await grain.Invalidate(fileNames, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Slice {Slice} of the file index could not be told of a change, and is told once more: {Kind}: {Reason}")]
    private partial void LogTellingAgain(int slice, string kind, string reason);
}
