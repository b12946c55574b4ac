using Orleans.Concurrency;

namespace Granero.Videos;

/// <summary>Answers from the rows, on whichever silo the question comes in.</summary>
[GrainType("video-board"), StatelessWorker]
internal sealed class VideoBoardGrain(VideoBoardStore store) : Grain, IVideoBoardGrain
{
    private const int MostVideos = 1000;

    public Task<VideoBoard> Look(VideoStatus? status, long? before, int limit, CancellationToken cancellationToken) =>
        store.Read(status, before ?? long.MaxValue, Math.Clamp(limit, 1, MostVideos), cancellationToken);

    public async Task<long> OwnerOf(long video, CancellationToken cancellationToken) =>
        await store.FindOwner(video, cancellationToken) ?? throw new GraneroException(ErrorCode.VideoNotFound, $"There is no video {video}.");
}
