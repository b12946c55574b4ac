namespace Granero.Videos;

/// <summary>A whole file that lies in the media folder as an upload, see <see cref="IMediaStore"/>.</summary>
/// <param name="Id">Made by the gateway: the same upload sent again has the same one.</param>
/// <param name="FileName">The safe form of what the user called it, see <see cref="VideoNames"/>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Of its bytes.</param>
[GenerateSerializer, Immutable, Alias("granero.videos.UploadedFile")]
public sealed record UploadedFile(
    [property: Id(0)] Guid Id, [property: Id(1)] string FileName, [property: Id(2)] long Length, [property: Id(3)] byte[] Sha256);
