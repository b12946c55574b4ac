namespace Granero.Videos;

/// <summary>An upload that may come in several requests. How much has come is the length of its file, which the gateways see.</summary>
/// <param name="Id">Made by the gateway.</param>
/// <param name="FileName">The safe form of what the user called it.</param>
/// <param name="Length">Bytes that are to come in all.</param>
/// <param name="ExpiresAt">When it is given up if it is not whole.</param>
/// <param name="Video">The video that it has become; null before.</param>
/// <param name="Metadata">What its client said of it, word for word; null for nothing.</param>
[GenerateSerializer, Immutable, Alias("granero.videos.ResumableUpload")]
public sealed record ResumableUpload(
    [property: Id(0)] Guid Id, [property: Id(1)] string FileName, [property: Id(2)] long Length, [property: Id(3)] DateTime ExpiresAt, [property: Id(4)] long? Video,
    [property: Id(5)] string? Metadata);
