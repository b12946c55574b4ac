namespace Granero.Videos;

/// <summary>
/// What needs the media folder and ffmpeg's programs; its key is 0. Only silos that process videos have it (see GrainServices), so the cluster
/// places it there.
/// </summary>
[Alias("granero.videos.IEncoderSiloGrain")]
internal interface IEncoderSiloGrain : IGrainWithIntegerKey
{
    /// <summary>Looks at an upload.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.NotAVideo"/>; <see cref="ErrorCode.VideoLost"/>.</exception>
    [Alias("Inspect"), ResponseTimeout("00:00:45")]
    Task<VideoFacts> Inspect(Guid upload, CancellationToken cancellationToken = default);

    /// <summary>Removes the files of a deleted video. Harmless to repeat.</summary>
    [Alias("RemoveFiles")]
    Task RemoveFiles(DeletedVideo video, CancellationToken cancellationToken = default);
}
