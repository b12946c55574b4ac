using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granero.Videos;

/// <summary>
/// The silo's part in processing videos: so many encoders, each with one video at a time, and the sweep of the media folder. What is left by a silo that
/// dies is found in the queue by the others, and by this one when it is back.
/// </summary>
internal sealed partial class Encoders(
    VideoQueue queue, VideoNews news, IServiceProvider services, IOptions<MediaOptions> media, IOptions<VideosOptions> options, TimeProvider time,
    ILogger<Encoders> logger) : BackgroundService
{
    private readonly string _name = $"{Environment.MachineName}/{Environment.ProcessId}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var count = options.Value.EncodersOf(media.Value.Root);
        if (count == 0)
            return;
        LogStarting(count, media.Value.Root);
        await Task.Yield(); // the rest of the silo's start does not wait for the folder
        var encoder = (Encoder)services.GetService(typeof(Encoder))!; // not asked for above: it needs the folder
        var sweep = (MediaSweep)services.GetService(typeof(MediaSweep))!;
        await Task.WhenAll([sweep.RunAsync(stoppingToken), .. Enumerable.Range(0, count).Select(_ => WorkAsync(encoder, stoppingToken))]);
    }

    private async Task WorkAsync(Encoder encoder, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var queued = news.NextAsync(VideoNews.Queued);
            if (await TryClaimAsync(stopping) is { } job)
                await encoder.ProcessAsync(job, stopping);
            else
                await queued.WaitAsync(options.Value.LookEvery, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<EncodingJob?> TryClaimAsync(CancellationToken stopping)
    {
        try
        {
            return await queue.ClaimAsync(_name, options.Value.Lease, options.Value.MaxAttempts, stopping);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
                LogQueueFailed(failure.Message);
            return null;
        }
    }

    [LoggerMessage(4008, LogLevel.Information, "This silo processes videos of {MediaRoot}, {Count} at a time")]
    private partial void LogStarting(int count, string mediaRoot);

    [LoggerMessage(4009, LogLevel.Warning, "The queue of videos cannot be read now; it is tried again: {Reason}")]
    private partial void LogQueueFailed(string reason);
}
