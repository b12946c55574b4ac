using System.Globalization;
using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Accounts;
using Granero.Videos;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Granero.Gateways.Rest.Videos;

/// <summary>What both forms of the API do with videos: the old clients' and the new one.</summary>
internal sealed class VideoCalls(IGrainFactory grains, GrainRetry retry, Media media, IOptions<RestOptions> options)
{
    public IVideoLibraryGrain LibraryOf(HttpContext http) => grains.GetGrain<IVideoLibraryGrain>(http.User.UserId());

    public Task<Video> ReadAsync(HttpContext http, long id) =>
        retry.CallAsync(() => VideoGrain(id).Read(http.User.UserId(), http.RequestAborted), http.RequestAborted);

    public Task<VideoList> ListAsync(HttpContext http, int? max, bool descending) =>
        retry.CallAsync(() => LibraryOf(http).List(max, descending, http.RequestAborted), http.RequestAborted);

    public Task<Video> DeleteAsync(HttpContext http, long id)
    {
        var (userId, request) = (http.User.UserId(), Guid.CreateVersion7()); // the same request if it has to be sent again
        return retry.CallAsync(() => VideoGrain(id).Delete(userId, request));
    }

    public Task<Video> CancelAsync(HttpContext http, long id)
    {
        var userId = http.User.UserId();
        return retry.CallAsync(() => VideoGrain(id).Cancel(userId));
    }

    public Task<Video> RetryAsync(HttpContext http, long id)
    {
        var userId = http.User.UserId();
        return retry.CallAsync(() => VideoGrain(id).Retry(userId));
    }

    public Task<Video> WaitForChangeAsync(HttpContext http, Video known, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var userId = http.User.UserId();
        return retry.CallAsync(() => VideoGrain(known.Id).WaitForChange(userId, known, atMost, cancellationToken), cancellationToken);
    }

    /// <summary>The result as an attachment, whole or in ranges.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoNotFound"/>: there is no result; <see cref="ErrorCode.VideoLost"/>.</exception>
    public IResult Download(Video video)
    {
        if (video.Status != VideoStatus.Processed)
            throw NotFound();
        var path = media.Store.ResultPath(video.Id, video.Attempt);
        if (!File.Exists(path))
            throw new GraneroException(ErrorCode.VideoLost, $"The media folder has lost the result of video {video.Id}.");
        // A result never changes: another attempt's has another number.
        var tag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{video.Id}.{video.Attempt}\""));
        return Results.File(path, "video/mp4", $"{video.Id}_{video.FileName}", entityTag: tag, enableRangeProcessing: true);
    }

    /// <summary>Where the result can be had, as an absolute address.</summary>
    public string LinkTo(HttpContext http, string path) =>
        options.Value.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') + path : $"{http.Request.Scheme}://{http.Request.Host}{path}";

    public static GraneroException NotFound() => new(ErrorCode.VideoNotFound, "Task not found");

    private IVideoGrain VideoGrain(long id) => id > 0 ? grains.GetGrain<IVideoGrain>(id) : throw NotFound();
}
