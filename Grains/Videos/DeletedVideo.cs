namespace Granero.Videos;

/// <summary>A video that is no more, and whose files are to be removed.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Upload">Its upload.</param>
/// <param name="Attempt">The last attempt to process it: any up to this one may have left a file.</param>
[GenerateSerializer, Immutable, Alias("granero.videos.DeletedVideo")]
internal sealed record DeletedVideo([property: Id(0)] long Id, [property: Id(1)] Guid Upload, [property: Id(2)] int Attempt);

internal static class DeletedVideos
{
    public static void RemoveAll(this IMediaStore media, DeletedVideo video)
    {
        media.Remove(media.UploadPath(video.Upload));
        for (var attempt = 1; attempt <= video.Attempt; attempt++)
        {
            media.Remove(media.EncodingPath(video.Id, attempt));
            media.Remove(media.ResultPath(video.Id, attempt));
        }
    }
}
