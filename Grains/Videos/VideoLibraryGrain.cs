using Microsoft.Extensions.Options;

namespace Granero.Videos;

/// <summary>A user's videos. It keeps nothing in memory: the rows decide who has room.</summary>
[GrainType("video-library")]
internal sealed class VideoLibraryGrain(VideoStore videos, UploadStore uploads, IOptions<VideosOptions> options, TimeProvider time)
    : Grain, IVideoLibraryGrain
{
    private long UserId => this.GetPrimaryKeyLong();

    private DateTimeOffset NewExpiry => time.GetUtcNow() + options.Value.UploadExpiresAfter;

    public async Task<long> Room(CancellationToken cancellationToken) =>
        Math.Max(0, options.Value.QuotaBytes - await videos.BytesOfAsync(UserId, cancellationToken));

    public async Task<Video> Add(UploadedFile file, CancellationToken cancellationToken)
    {
        if (await videos.FindByUploadAsync(file.Id, UserId, cancellationToken) is { } added)
            return added;
        var facts = await Inspect(file.Id, cancellationToken);
        return await videos.AddAsync(UserId, file, facts, options.Value.QuotaBytes, time.GetUtcNow(), cancellationToken) ?? throw NoRoom();
    }

    public Task<VideoList> List(int? max, bool descending, CancellationToken cancellationToken) =>
        videos.ListAsync(UserId, max, descending, cancellationToken);

    public async Task<DateTime> Begin(Guid upload, string fileName, long length, string? metadata, CancellationToken cancellationToken)
    {
        var expiresAt = NewExpiry;
        if (await uploads.BeginAsync(UserId, upload, fileName, length, metadata, expiresAt, options.Value.QuotaBytes, cancellationToken))
            return expiresAt.UtcDateTime;
        throw length > await Room(cancellationToken)
            ? NoRoom()
            : new GraneroException(ErrorCode.TooManyUploads, $"{UploadStore.MaxOfUser} uploads have been begun and not ended: end or delete some.");
    }

    public async Task<ResumableUpload> FindUpload(Guid upload, CancellationToken cancellationToken) =>
        await uploads.FindAsync(UserId, upload, cancellationToken) ?? throw NoUpload();

    public async Task<DateTime> Extend(Guid upload, CancellationToken cancellationToken)
    {
        var expiresAt = NewExpiry;
        return await uploads.ExtendAsync(UserId, upload, expiresAt, cancellationToken) ? expiresAt.UtcDateTime : throw NoUpload();
    }

    public Task Abandon(Guid upload, CancellationToken cancellationToken) => uploads.RemoveAsync(UserId, upload, cancellationToken);

    private async Task<VideoFacts> Inspect(Guid upload, CancellationToken cancellationToken)
    {
        try
        {
            return await GrainFactory.GetGrain<IEncoderSiloGrain>(0).Inspect(upload, cancellationToken);
        }
        catch (ArgumentException)
        {
            // What Orleans says when no silo has the grain.
            throw new GraneroException(ErrorCode.NoEncoder, "No silo processes videos now: one with Media:Root and Videos:Encoders above 0 is needed.");
        }
    }

    private GraneroException NoRoom() =>
        new(ErrorCode.VideoQuotaExceeded, $"Your videos, and uploads that you have begun, may take {options.Value.QuotaBytes} bytes together, and with this one they would take more.");

    private static GraneroException NoUpload() => new(ErrorCode.UploadNotFound, "There is no such upload, or it has expired.");
}
