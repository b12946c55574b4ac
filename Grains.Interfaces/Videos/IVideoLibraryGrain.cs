using Orleans.Concurrency;

namespace Granero.Videos;

/// <summary>A user's videos; its key is the user's id.</summary>
[Alias("granero.videos.IVideoLibraryGrain")]
public interface IVideoLibraryGrain : IGrainWithIntegerKey
{
    /// <summary>To be asked before the first byte is taken. A promise it is not: <see cref="Add"/> decides.</summary>
    /// <returns>Bytes that the user's next upload may have. 0 or more.</returns>
    [Alias("Room"), AlwaysInterleave]
    Task<long> Room(CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a file that lies in the media folder as a video, if it is one: ffprobe looks at it first. Repeating it with the same id is
    /// harmless and gets the same answer.
    /// </summary>
    /// <returns>The video, which waits to be processed.</returns>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.NotAVideo"/>; <see cref="ErrorCode.VideoQuotaExceeded"/>: the file is of no use any more.
    /// <see cref="ErrorCode.NoEncoder"/>; <see cref="ErrorCode.VideoLost"/>.
    /// </exception>
    [Alias("Add"), AlwaysInterleave, ResponseTimeout("00:01:00")]
    Task<Video> Add(UploadedFile file, CancellationToken cancellationToken = default);

    /// <param name="max">Videos at most, from 0 on; null for all.</param>
    /// <param name="descending">The newest first.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("List"), AlwaysInterleave]
    Task<VideoList> List(int? max, bool descending, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins an upload that may come in several requests. Its length is taken of the user's room until it has come, or expired. Repeating it with the
    /// same id is harmless.
    /// </summary>
    /// <returns>When it expires: a while after it began or was last <see cref="Extend"/>ed.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoQuotaExceeded"/>; <see cref="ErrorCode.TooManyUploads"/>: the user has begun too many.</exception>
    [Alias("Begin")]
    Task<DateTime> Begin(Guid upload, string fileName, long length, string? metadata, CancellationToken cancellationToken = default);

    /// <exception cref="GraneroException"><see cref="ErrorCode.UploadNotFound"/>.</exception>
    [Alias("FindUpload"), AlwaysInterleave]
    Task<ResumableUpload> FindUpload(Guid upload, CancellationToken cancellationToken = default);

    /// <summary>More of the upload has come: its time begins anew.</summary>
    /// <returns>When it expires now.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.UploadNotFound"/>.</exception>
    [Alias("Extend"), AlwaysInterleave]
    Task<DateTime> Extend(Guid upload, CancellationToken cancellationToken = default);

    /// <summary>Gives an upload up. Harmless when it is gone already.</summary>
    [Alias("Abandon"), AlwaysInterleave]
    Task Abandon(Guid upload, CancellationToken cancellationToken = default);
}
