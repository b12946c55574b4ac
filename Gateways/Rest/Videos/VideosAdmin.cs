using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Live;
using Granero.Gateways.Rest.Operators;
using Granero.Videos;

namespace Granero.Gateways.Rest.Videos;

/// <summary>What operators see of the videos, and may do with them.</summary>
internal sealed class VideosAdmin(IGrainFactory grains, GrainRetry retry, VideoCalls videos, LiveStream live)
{
    private const int PageRows = 200;

    private IVideoBoardGrain Board => grains.GetGrain<IVideoBoardGrain>(0);

    public IResult Watch(HttpContext http, string? status, long? before)
    {
        var only = QueryChoice.Of<VideoStatus>(status, "status");
        return live.Of(http, "videos", async ended => VideoBoardReply.Of(await Board.Look(only, before, PageRows, ended)));
    }

    public async Task<VideoBoardReply> ListAsync(HttpContext http, string? status, long? before, int? limit)
    {
        var only = QueryChoice.Of<VideoStatus>(status, "status");
        return VideoBoardReply.Of(await retry.CallAsync(() => Board.Look(only, before, limit ?? PageRows), http.RequestAborted));
    }

    public async Task<IResult> CancelAsync(long id)
    {
        await ActAsync(id, (video, owner) => video.Cancel(owner));
        return Results.NoContent();
    }

    public async Task<IResult> RetryAsync(long id)
    {
        await ActAsync(id, (video, owner) => video.Retry(owner));
        return Results.NoContent();
    }

    public async Task<IResult> ResultAsync(long id) => videos.Download(await ActAsync(id, (video, owner) => video.Read(owner)));

    private async Task<Video> ActAsync(long id, Func<IVideoGrain, long, Task<Video>> act)
    {
        var owner = await retry.CallAsync(() => Board.OwnerOf(id));
        return await retry.CallAsync(() => act(grains.GetGrain<IVideoGrain>(id), owner));
    }

    /// <inheritdoc cref="VideoBoard"/>
    internal sealed record VideoBoardReply(DateTimeOffset At, long Waiting, long Processing, long Processed, long Failed, VideoLineReply[] Videos)
    {
        public static VideoBoardReply Of(VideoBoard board) => new(
            board.At, board.Waiting, board.Processing, board.Processed, board.Failed, Array.ConvertAll(board.Videos, VideoLineReply.Of));
    }

    /// <summary>A video; its status is uploaded, processing, processed, failed or cancelled.</summary>
    internal sealed record VideoLineReply(
        long Id, string Username, string FileName, DateTimeOffset UploadedAt, string Status, int Percent, string? Failure, string? Encoder, long Length, double? Seconds)
    {
        public static VideoLineReply Of(VideoLine line) => new(
            line.Id, line.Username, line.FileName, line.UploadedAt, line.Status.ToString().ToLowerInvariant(), line.Percent, line.Failure, line.Encoder, line.Length, line.Seconds);
    }
}

internal static class VideosAdminRoutes
{
    public static void AddVideosAdmin(this WebApplicationBuilder builder) => builder.Services.AddSingleton<VideosAdmin>();

    public static void MapVideosAdmin(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<VideosAdmin>();
        var admin = app.MapAdmin("/videos", "Videos");
        admin.MapGet("/live", api.Watch).WithSummary("Counts and a page of videos, live").WithDescription("Server-sent events of the type videos, once a second. status, before: as in the list.")
            .WithExample(StatusCodes.Status200OK, "?status=failed")
            .Produces<VideosAdmin.VideoBoardReply>(contentType: "text/event-stream");
        admin.MapGet("", api.ListAsync).WithSummary("Counts and videos, the latest first")
            .WithDescription("status: only those. before: only those below this number. limit: 1 to 1000, 200 unless given.")
            .WithExample(StatusCodes.Status200OK, "?status=failed&limit=10");
        admin.MapGet("/{id:long}/result", api.ResultAsync).WithSummary("The processed video").WithDescription("Whole or in ranges.")
            .WithExample(StatusCodes.Status404NotFound, "1").Produces<Stream>(contentType: "video/mp4").ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapPost("/{id:long}/cancel", api.CancelAsync).WithSummary("Stop processing a video").WithDescription("Or take it out of the queue; the upload stays.")
            .WithExample(StatusCodes.Status404NotFound, "1")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        admin.MapPost("/{id:long}/retry", api.RetryAsync).WithSummary("Process a failed or cancelled video again").WithDescription("It goes into the queue, with as many attempts as a new one.")
            .WithExample(StatusCodes.Status404NotFound, "1")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }
}
