using Orleans.Concurrency;

namespace Granero.Videos;

[GrainType("encoder-silo"), StatelessWorker]
internal sealed class EncoderSiloGrain(VideoProbe probe, IMediaStore media) : Grain, IEncoderSiloGrain
{
    public Task<VideoFacts> Inspect(Guid upload, CancellationToken cancellationToken) => probe.InspectAsync(media.UploadPath(upload), cancellationToken);

    public Task RemoveFiles(DeletedVideo video, CancellationToken cancellationToken)
    {
        media.RemoveAll(video);
        return Task.CompletedTask;
    }
}
