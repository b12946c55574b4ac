using System.ComponentModel;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Granero.Gateways.Hosting;
using Granero.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Granero.Gateways.Rest.Videos;

/// <summary>Videos as new clients call them, under <c>/videos</c>. The contract is OpenAPI's.</summary>
internal sealed class VideosApi(VideoCalls videos, ClusterLink link)
{
    /// <summary>A comment-like event at least this often, so that proxies do not take the stream for dead.</summary>
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(15);

    public async Task<Ok<VideoReply>> GetAsync(HttpContext http, long id) => TypedResults.Ok(Describe(http, await videos.ReadAsync(http, id)));

    public async Task<Ok<VideoListReply>> ListAsync(
        HttpContext http, [Description("At most so many; all without it.")] int? max, [Description("asc or desc, by id.")] string? order)
    {
        if (max < 0 || order is not (null or "asc" or "desc"))
            throw Problems.BadRequest("max must be 0 or more, and order asc or desc.");
        var list = await videos.ListAsync(http, max, order == "desc");
        return TypedResults.Ok(new VideoListReply([.. list.Ids.Zip(list.Statuses, (id, status) => new VideoEntry(id, NameOf((VideoStatus)status)))]));
    }

    public async Task<Ok<VideoReply>> DeleteAsync(HttpContext http, long id) => TypedResults.Ok(Describe(http, await videos.DeleteAsync(http, id)));

    public async Task<Ok<VideoReply>> CancelAsync(HttpContext http, long id) => TypedResults.Ok(Describe(http, await videos.CancelAsync(http, id)));

    public async Task<Ok<VideoReply>> RetryAsync(HttpContext http, long id) => TypedResults.Ok(Describe(http, await videos.RetryAsync(http, id)));

    public async Task<IResult> DownloadAsync(HttpContext http, long id) => videos.Download(await videos.ReadAsync(http, id));

    public async Task<ServerSentEventsResult<VideoReply>> FollowAsync(HttpContext http, long id)
    {
        var video = await videos.ReadAsync(http, id);
        return TypedResults.ServerSentEvents(Events(http, video, http.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<VideoReply>> Events(HttpContext http, Video first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A gateway that stops does not wait for the end of a video: the client comes back, to another.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, link.Stopping);
        for (Video? video = first; video is not null; video = video.IsAtRest ? null : await NextAsync(http, video, end.Token))
            yield return new(Describe(http, video), "video");
    }

    /// <returns>Null when the video is no more, or nobody waits any more.</returns>
    private async Task<Video?> NextAsync(HttpContext http, Video known, CancellationToken cancellationToken)
    {
        try
        {
            return await videos.WaitForChangeAsync(http, known, SayEvery, cancellationToken);
        }
        catch (GraneroException refusal) when (refusal.Code == ErrorCode.VideoNotFound)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private VideoReply Describe(HttpContext http, Video video) => new(
        video.Id, video.FileName, video.UploadedAt, NameOf(video.Status), video.Percent, video.Failure, video.Length, Convert.ToHexStringLower(video.Sha256),
        video.ResultLength, video.Status == VideoStatus.Processed ? videos.LinkTo(http, $"/videos/{video.Id}/file") : null);

    private static string NameOf(VideoStatus status) => status switch
    {
        VideoStatus.Uploaded => "uploaded",
        VideoStatus.Processing => "processing",
        VideoStatus.Processed => "processed",
        VideoStatus.Failed => "failed",
        VideoStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}

/// <summary>A video.</summary>
/// <param name="Id">From 1 on.</param>
/// <param name="FileName">The safe form of what it was uploaded as.</param>
/// <param name="UploadedAt">UTC.</param>
/// <param name="Status">uploaded, processing, processed, failed or cancelled.</param>
/// <param name="Percent">How much of it is processed, 0 to 100.</param>
/// <param name="Failure">Why it failed; null unless it has.</param>
/// <param name="Length">Bytes of the upload.</param>
/// <param name="Sha256">Of the upload, in hexadecimal.</param>
/// <param name="ResultLength">Bytes of the result; null until it is processed.</param>
/// <param name="Download">The address of the result; null until it is processed.</param>
internal sealed record VideoReply(
    long Id, string FileName, DateTime UploadedAt, string Status, int Percent, string? Failure, long Length, string Sha256, long? ResultLength, string? Download);

/// <summary>An entry of <see cref="VideoListReply"/>.</summary>
/// <param name="Id">From 1 on.</param>
/// <param name="Status">uploaded, processing, processed, failed or cancelled.</param>
internal sealed record VideoEntry(long Id, string Status);

/// <summary>A user's videos.</summary>
/// <param name="Videos">In the order that was asked for.</param>
internal sealed record VideoListReply(VideoEntry[] Videos);
