using Granero.Gateways.Rest.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Videos;

/// <summary>The videos' part of the gateway: its settings, its services, its routes.</summary>
internal static class VideosServices
{
    /// <summary>What multipart adds to a file, with other fields and long headers.</summary>
    private const long MultipartBytes = 1 << 20;

    private const string NoUpload = "00000000-0000-0000-0000-000000000001";
    private static readonly (string, string) Tus = ("Tus-Resumable", "1.0.0");

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
        var tasks = app.MapDoor(Door.Main).WithMetadata(ProblemShape.Message).RequireAuthorization(AccountsServices.BearerPolicy).WithTags("Videos, for old clients");
        tasks.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(RefusalReply), ["application/json"]));
        tasks.MapPost("/api/tasks", (Delegate)api.UploadAsync).WithMetadata(new RequestSizeLimitAttribute(maxUploadBytes + MultipartBytes))
            .WithSummary("Upload a video").WithDescription("It is looked at before it is accepted: what is no video is refused with a reason.")
            .Accepts<UploadForm>("multipart/form-data", "*/*").Produces<UploadReply>(StatusCodes.Status201Created).Produces<MessageReply>(StatusCodes.Status400BadRequest)
            .Produces<MessageReply>(StatusCodes.Status413PayloadTooLarge).Produces<MessageReply>(StatusCodes.Status503ServiceUnavailable)
            .Produces<MessageReply>(StatusCodes.Status507InsufficientStorage).WithExample(StatusCodes.Status400BadRequest);
        tasks.MapRead("/api/tasks", api.ListAsync).WithSummary("The caller's videos").WithDescription("status: uploaded, processed or failed.")
            .Produces<TaskListReply>().Produces<MessageReply>(StatusCodes.Status400BadRequest).WithExample(StatusCodes.Status200OK, "?max=10&order=1");
        tasks.MapRead("/api/tasks/{id}", api.GetAsync).WithSummary("One video").WithDescription("file_path is empty, and download a sentence, until it is processed; error says why it failed.")
            .Produces<TaskReply>().Produces<MessageReply>(StatusCodes.Status404NotFound).WithExample(StatusCodes.Status404NotFound, "1");
        tasks.MapDelete("/api/tasks/{id}", api.DeleteAsync).WithSummary("Delete a video and its files").WithDescription("Its processing is stopped at once.")
            .Produces<DeleteReply>().Produces<MessageReply>(StatusCodes.Status404NotFound).WithExample(StatusCodes.Status404NotFound, "1");
        tasks.MapRead("/api/video/download/{year}/{month}/{day}/{name}", api.DownloadAsync).WithSummary("The processed video, as an attachment")
            .WithDescription("The path is the video's file_path; ranges work.").Produces<byte[]>(StatusCodes.Status200OK, "video/mp4")
            .Produces<MessageReply>(StatusCodes.Status404NotFound).WithExample(StatusCodes.Status404NotFound, "2026/11/21/1_clip.mp4");
    }

    private static void MapNewClients(WebApplication app)
    {
        var api = app.Services.GetRequiredService<VideosApi>();
        var videos = app.MapDoor(Door.Main).RequireAuthorization(AccountsServices.BearerPolicy).WithTags("Videos")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        videos.MapRead("/videos", api.ListAsync).WithSummary("The caller's videos").WithDescription("In the order of their numbers.")
            .ProducesProblem(StatusCodes.Status400BadRequest).WithExample(StatusCodes.Status200OK, "?max=10&order=desc");
        videos.MapRead("/videos/{id:long}", api.GetAsync).WithSummary("One video").WithDescription("How far it is, why it failed, and where its result is.").WithExample(StatusCodes.Status404NotFound, "1");
        videos.MapDelete("/videos/{id:long}", api.DeleteAsync).WithSummary("Delete a video and its files").WithDescription("Its processing is stopped at once. The answer is the video as it was.")
            .WithExample(StatusCodes.Status404NotFound, "1");
        videos.MapGet("/videos/{id:long}/events", api.FollowAsync).WithSummary("Progress as server-sent events, until the video is at rest")
            .WithDescription("Events of the type video: now, whenever its status or percent changes, and every 15 s.").WithExample(StatusCodes.Status404NotFound, "1");
        videos.MapPost("/videos/{id:long}/cancel", api.CancelAsync).WithSummary("Stop the processing").ProducesProblem(StatusCodes.Status409Conflict)
            .WithDescription("The upload stays; the video may be processed again later.").WithExample(StatusCodes.Status404NotFound, "1");
        videos.MapPost("/videos/{id:long}/retry", api.RetryAsync).WithSummary("Process a failed or cancelled video again").ProducesProblem(StatusCodes.Status409Conflict)
            .WithDescription("It goes into the queue, with as many attempts as a new one.").WithExample(StatusCodes.Status404NotFound, "1");
        videos.MapRead("/videos/{id:long}/file", api.DownloadAsync).WithSummary("The processed video").WithDescription("Ranges and If-None-Match work.").WithExample(StatusCodes.Status404NotFound, "1")
            .Produces<byte[]>(StatusCodes.Status200OK, "video/mp4");
    }

    private static void MapTus(WebApplication app, long maxUploadBytes)
    {
        var api = app.Services.GetRequiredService<TusApi>();
        var uploads = app.MapDoor(Door.Main).RequireAuthorization(AccountsServices.BearerPolicy).WithTags("Resumable uploads (tus 1.0)").AddEndpointFilter(TusApi.CheckVersionAsync);
        uploads.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        uploads.MapMethods(TusApi.Path, ["OPTIONS"], (Delegate)api.Describe).AllowAnonymous().WithSummary("What this server can")
            .WithDescription("Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm.").Produces(StatusCodes.Status204NoContent).WithExample(StatusCodes.Status204NoContent);
        uploads.MapPost(TusApi.Path, (Delegate)api.CreateAsync).WithSummary("Begin an upload")
            .WithDescription("Headers: Tus-Resumable 1.0.0, Upload-Length, and Upload-Metadata with filename in base64. Location says where its bytes go.")
            .Produces(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithExample(StatusCodes.Status201Created, "", Tus, ("Upload-Length", "1000"), ("Upload-Metadata", "filename Y2xpcC5tcDQ="));
        uploads.MapMethods($"{TusApi.Path}/{{id:guid}}", ["HEAD"], api.TellOffsetAsync).WithSummary("How much has come")
            .WithDescription("Upload-Offset, Upload-Metadata as it was sent; and Granero-Video-Id, once it has become a video.").Produces(StatusCodes.Status200OK).ProducesProblem(StatusCodes.Status404NotFound)
            .WithExample(StatusCodes.Status404NotFound, NoUpload, Tus);
        uploads.MapPatch($"{TusApi.Path}/{{id:guid}}", api.AppendAsync).WithSummary("Send bytes from Upload-Offset on")
            .WithDescription("Content-Type application/offset+octet-stream; Upload-Checksum, if given, is held against them. The last ones make it a video.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status423Locked).ProducesProblem(460)
            .WithExample(StatusCodes.Status415UnsupportedMediaType, NoUpload, Tus)
            .WithMetadata(new RequestSizeLimitAttribute(maxUploadBytes));
        uploads.MapDelete($"{TusApi.Path}/{{id:guid}}", api.TerminateAsync).WithSummary("Give an upload up")
            .WithDescription("What has come is removed.").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound)
            .WithExample(StatusCodes.Status404NotFound, NoUpload, Tus);
    }

    /// <summary>GET, and HEAD as the same without a body, which OpenAPI need not repeat.</summary>
    private static RouteHandlerBuilder MapRead(this RouteGroupBuilder routes, string path, Delegate handler)
    {
        routes.MapMethods(path, [HttpMethods.Head], handler).ExcludeFromDescription();
        return routes.MapGet(path, handler);
    }
}
