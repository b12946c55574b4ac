using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Granero.Peers;

/// <summary>Tells the slices of the index which files have changed, after the commit and before whoever changed them is answered.</summary>
/// <remarks>
/// A slice that could not be told is remembered. The call that failed with that is made again, and then finds nothing more to change: it
/// succeeds only once the slice has been told. Should this silo die before, the others notice its death.
/// </remarks>
internal sealed partial class SharedFileNews(IGrainFactory grains, ILogger<SharedFileNews> logger)
{
    /// <summary>Each with a mark of its own for its last failure, which telling an earlier one does not take away.</summary>
    private readonly ConcurrentDictionary<int, object> _untold = new();

    public Task Tell(IEnumerable<string> fileNames, CancellationToken cancellationToken) => Task.WhenAll(
        fileNames.GroupBy(SharedFiles.SliceOf).Select(slice => Tell(slice.Key, [.. slice], cancellationToken)));

    /// <summary>For whoever may have changed something before that its slice was not told of.</summary>
    public Task TellWhatIsUntold(CancellationToken cancellationToken) => Task.WhenAll(_untold.Select(async slice =>
    {
        await grains.GetGrain<ISharedFilesGrain>(slice.Key).InvalidateAll(cancellationToken);
        _untold.TryRemove(slice);
    }));

    private async Task Tell(int slice, string[] fileNames, CancellationToken cancellationToken)
    {
        try
        {
            await TellOnceOrTwice(grains.GetGrain<ISharedFilesGrain>(slice), fileNames, cancellationToken);
        }
        catch
        {
            _untold[slice] = new();
            throw;
        }
    }

    /// <remarks>Once more if it fails: the slice was on a silo that has died, and is elsewhere now.</remarks>
    private async Task TellOnceOrTwice(ISharedFilesGrain slice, string[] fileNames, CancellationToken cancellationToken)
    {
        try
        {
            await slice.Invalidate(fileNames, cancellationToken);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            LogTellingAgain(slice.GetPrimaryKeyLong(), failure.GetType().Name, failure.Message);
            await slice.Invalidate(fileNames, cancellationToken);
        }
    }

    [LoggerMessage(2002, LogLevel.Warning, "Slice {Slice} of the file index could not be told of a change, and is told once more: {Kind}: {Reason}")]
    private partial void LogTellingAgain(long slice, string kind, string reason);
}
