namespace Granero.Videos;

/// <summary>A video. It keeps nothing in memory: the row is the record, and fences whoever works on it.</summary>
[GrainType("video")]
internal sealed class VideoGrain(VideoStore videos, VideoNews news, TimeProvider time) : Grain, IVideoGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>News may be lost, so the row is looked at all the same.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private long Id => this.GetPrimaryKeyLong();

    public async Task<Video> Read(long userId, CancellationToken cancellationToken) =>
        await videos.FindAsync(Id, userId, cancellationToken) ?? throw NotFound();

    public async Task<Video> WaitForChange(long userId, Video known, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var change = news.NextAsync(VideoNews.Changed(Id));
            var video = await Read(userId, cancellationToken);
            var left = (atMost < LongestWait ? atMost : LongestWait) - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || (video.Status, video.Percent, video.Attempt) != (known.Status, known.Percent, known.Attempt))
                return video;
            await change.WaitAsync(left < LookEvery ? left : LookEvery, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task<Video> Delete(long userId, Guid request, CancellationToken cancellationToken)
    {
        var (video, upload) = await videos.DeleteAsync(Id, userId, request, cancellationToken) ?? throw NotFound();
        await TryRemoveFiles(new(Id, upload, video.Attempt), cancellationToken);
        return video;
    }

    public async Task<Video> Cancel(long userId, CancellationToken cancellationToken)
    {
        var video = await videos.CancelAsync(Id, userId, cancellationToken) ?? throw NotFound();
        return video.Status == VideoStatus.Cancelled
            ? video
            : throw new GraneroException(ErrorCode.WrongVideoState, $"Video {Id} is not waiting or being processed any more.");
    }

    public async Task<Video> Retry(long userId, CancellationToken cancellationToken)
    {
        var video = await videos.RetryAsync(Id, userId, cancellationToken) ?? throw NotFound();
        return video.Status != VideoStatus.Processed
            ? video
            : throw new GraneroException(ErrorCode.WrongVideoState, $"Video {Id} is processed already.");
    }

    /// <summary>At once if that is possible. If not, the sweep does it: the video is deleted all the same.</summary>
    private async Task TryRemoveFiles(DeletedVideo video, CancellationToken cancellationToken)
    {
        try
        {
            await GrainFactory.GetGrain<IEncoderSiloGrain>(0).RemoveFiles(video, cancellationToken);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or ArgumentException or IOException)
        {
            // No silo with the media folder is there now. The row of deleted_videos keeps what is to be done.
        }
    }

    private static GraneroException NotFound() => new(ErrorCode.VideoNotFound, "Task not found");
}
