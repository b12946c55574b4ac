using Granero.Gateways.Rest.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Videos;

/// <summary>The videos' part of the gateway: its settings, its services, its routes.</summary>
internal static class VideosServices
{
    /// <summary>What multipart adds to a file, with other fields and long headers.</summary>
    private const long MultipartBytes = 1 << 20;

    public static void AddVideos(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<MediaOptions>().BindConfiguration("Media");
        builder.Services.AddOptions<VideosOptions>().BindConfiguration(VideosOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<VideosOptions>, VideosOptions>();
        builder.Services.AddSingleton<Media>().AddSingleton<Uploads>().AddSingleton<VideoCalls>();
        builder.Services.AddSingleton<TasksApi>().AddSingleton<VideosApi>().AddSingleton<TusUploads>().AddSingleton<TusApi>();
    }

    public static void MapVideos(this WebApplication app)
    {
        var maxUploadBytes = app.Services.GetRequiredService<IOptions<VideosOptions>>().Value.MaxUploadBytes;
        MapOldClients(app, maxUploadBytes);
        MapNewClients(app);
        MapTus(app, maxUploadBytes);
    }

    private static void MapOldClients(WebApplication app, long maxUploadBytes)
    {
        var api = app.Services.GetRequiredService<TasksApi>();
        var tasks = app.MapDoor(Door.Main).WithMetadata(ProblemShape.Message).RequireAuthorization(AccountsServices.BearerPolicy);
        tasks.MapPost("/api/tasks", api.UploadAsync).WithMetadata(new RequestSizeLimitAttribute(maxUploadBytes + MultipartBytes));
        tasks.MapGet("/api/tasks", api.ListAsync);
        tasks.MapGet("/api/tasks/{id}", api.GetAsync);
        tasks.MapDelete("/api/tasks/{id}", api.DeleteAsync);
        tasks.MapGet("/api/video/download/{year}/{month}/{day}/{name}", api.DownloadAsync);
    }

    private static void MapNewClients(WebApplication app)
    {
        var api = app.Services.GetRequiredService<VideosApi>();
        var videos = app.MapDoor(Door.Main).RequireAuthorization(AccountsServices.BearerPolicy).WithTags("Videos")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        videos.MapGet("/videos", api.ListAsync).WithSummary("The caller's videos");
        videos.MapGet("/videos/{id:long}", api.GetAsync).WithSummary("One video");
        videos.MapDelete("/videos/{id:long}", api.DeleteAsync).WithSummary("Delete a video and its files; its processing is stopped at once");
        videos.MapGet("/videos/{id:long}/events", api.FollowAsync).WithSummary("Progress as server-sent events, until the video is at rest");
        videos.MapPost("/videos/{id:long}/cancel", api.CancelAsync).WithSummary("Stop the processing").ProducesProblem(StatusCodes.Status409Conflict);
        videos.MapPost("/videos/{id:long}/retry", api.RetryAsync).WithSummary("Process a failed or cancelled video again").ProducesProblem(StatusCodes.Status409Conflict);
        videos.MapGet("/videos/{id:long}/file", api.DownloadAsync).WithSummary("The processed video; ranges and If-None-Match work")
            .Produces<byte[]>(StatusCodes.Status200OK, "video/mp4");
    }

    private static void MapTus(WebApplication app, long maxUploadBytes)
    {
        var api = app.Services.GetRequiredService<TusApi>();
        var uploads = app.MapDoor(Door.Main).RequireAuthorization(AccountsServices.BearerPolicy).WithTags("Resumable uploads (tus 1.0)").AddEndpointFilter(TusApi.CheckVersionAsync);
        uploads.MapMethods("/videos/uploads", ["OPTIONS"], (Delegate)api.Describe).AllowAnonymous().WithSummary("What this server can");
        uploads.MapPost("/videos/uploads", (Delegate)api.CreateAsync).WithSummary("Begin an upload: Upload-Length, Upload-Metadata filename").Produces(StatusCodes.Status201Created);
        uploads.MapMethods("/videos/uploads/{id:guid}", ["HEAD"], api.TellOffsetAsync).WithSummary("How much has come: Upload-Offset");
        uploads.MapPatch("/videos/uploads/{id:guid}", api.AppendAsync).WithSummary("Send bytes from Upload-Offset on; the last ones make it a video")
            .WithMetadata(new RequestSizeLimitAttribute(maxUploadBytes));
        uploads.MapDelete("/videos/uploads/{id:guid}", api.TerminateAsync).WithSummary("Give an upload up");
    }
}
