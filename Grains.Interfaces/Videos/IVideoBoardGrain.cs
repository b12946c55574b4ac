namespace Granero.Videos;

/// <summary>All users' videos, for those who watch over them; its key is 0. It only reads rows, so each silo answers for itself.</summary>
[Alias("granero.videos.IVideoBoardGrain")]
public interface IVideoBoardGrain : IGrainWithIntegerKey
{
    /// <summary>Counts, and a page of videos, the latest first.</summary>
    /// <param name="status">Only those; null for all.</param>
    /// <param name="before">Only those below this number; null from the latest on.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Look")]
    Task<VideoBoard> Look(VideoStatus? status, long? before, int limit, CancellationToken cancellationToken = default);

    /// <returns>Whose video it is.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoNotFound"/>.</exception>
    [Alias("OwnerOf")]
    Task<long> OwnerOf(long video, CancellationToken cancellationToken = default);
}

/// <summary>What there is to watch of the videos.</summary>
/// <param name="At">When this was read.</param>
/// <param name="Waiting">Videos in the queue.</param>
/// <param name="Processing">Videos that an encoder is at work on.</param>
/// <param name="Processed">Videos that can be downloaded.</param>
/// <param name="Failed">Videos that were given up.</param>
/// <param name="Videos">A page.</param>
[GenerateSerializer, Immutable, Alias("granero.videos.VideoBoard")]
public sealed record VideoBoard(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] long Waiting, [property: Id(2)] long Processing, [property: Id(3)] long Processed,
    [property: Id(4)] long Failed, [property: Id(5)] VideoLine[] Videos);

/// <summary>A video in a list.</summary>
[GenerateSerializer, Immutable, Alias("granero.videos.VideoLine")]
public sealed record VideoLine(
    [property: Id(0)] long Id, [property: Id(1)] string Username, [property: Id(2)] string FileName, [property: Id(3)] DateTimeOffset UploadedAt,
    [property: Id(4)] VideoStatus Status, [property: Id(5)] int Percent, [property: Id(6)] string? Failure, [property: Id(7)] string? Encoder,
    [property: Id(8)] long Length, [property: Id(9)] double? Seconds);
