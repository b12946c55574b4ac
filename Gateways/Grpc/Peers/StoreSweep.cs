using Granero.Peers;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>
/// Clears the store of what belongs to nothing, at start and once a day: what processes that died were receiving, and the bytes that no
/// grain knows, which a gateway leaves behind when it dies between storing a file and having it recorded.
/// </summary>
internal sealed partial class StoreSweep(IGrainFactory grains, FileStore store, TimeProvider time, ILogger<StoreSweep> logger) : BackgroundService
{
    private const int IdsInACall = 1000;
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    /// <summary>Far longer than a file that has been stored takes to be recorded.</summary>
    private static readonly TimeSpan NoLongerNew = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            await TryAsync(() => Task.FromResult(store.RemoveLeftOvers()), LogLeftOvers, stoppingToken);
            await TryAsync(() => SweepAsync(stoppingToken), LogUnknown, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <returns>How many files were removed.</returns>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var ids in store.StoredBefore(time.GetUtcNow() - NoLongerNew).Chunk(IdsInACall))
        {
            var unknown = await grains.GetGrain<IPublishedFilesGrain>(0).FindUnknown(ids, cancellationToken);
            foreach (var id in unknown) store.Remove(id);
            removed += unknown.Length;
        }

        return removed;
    }

    /// <summary>Whatever fails is no reason to end the gateway, which serves without it.</summary>
    private async Task TryAsync(Func<Task<int>> remove, Action<int> logRemoved, CancellationToken cancellationToken)
    {
        try
        {
            if (await remove() is > 0 and var removed) logRemoved(removed);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(2005, LogLevel.Information, "Removed {Count} files whose upload was cut off by the end of a gateway")]
    private partial void LogLeftOvers(int count);

    [LoggerMessage(2006, LogLevel.Information, "Removed {Count} files of the store that nobody has published")]
    private partial void LogUnknown(int count);

    [LoggerMessage(2007, LogLevel.Warning, "The store could not be swept; it will be tomorrow")]
    private partial void LogFailed(Exception failure);
}
