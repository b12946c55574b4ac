using System.ComponentModel;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Granero.Gateways.Rest.Accounts;
using Granero.Videos;

namespace Granero.Gateways.Rest.Videos;

/// <summary>Videos as the old clients call them. Source: protocols.md, section 4.</summary>
internal sealed class TasksApi(Uploads uploads, VideoCalls videos)
{
    private const string NotYet = "No disponible para descarga. El video no se ha procesado.";

    public async Task UploadAsync(HttpContext http)
    {
        var video = await uploads.ReceiveAsync(http.Request, http.User.UserId()) ?? throw Problems.BadRequest("No file part");
        await JsonBody.WriteAsync(
            http.Response, StatusCodes.Status201Created, new UploadReply($"Video {video.FilePath} uploaded", video.Id), TasksReplies.Json.UploadReply);
    }

    public async Task ListAsync(HttpContext http, [Description("At most so many; all without it.")] string? max, [Description("0: the oldest first; 1: the latest first.")] string? order)
    {
        var (most, direction) = (NumberIn(max, "max", int.MaxValue), NumberIn(order, "order", 1));
        var list = await videos.ListAsync(http, most, descending: direction == 1);
        http.Response.ContentType = "application/json";
        Write(list, http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public async Task GetAsync(HttpContext http, string id)
    {
        var video = await videos.ReadAsync(http, NumberOf(id));
        var isProcessed = video.Status == VideoStatus.Processed;
        var reply = new TaskReply(
            video.Id, video.UploadedAt, NameOf(video.Status), isProcessed ? video.FilePath : "", isProcessed ? LinkTo(http, video) : NotYet, WhyNot(video));
        await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, reply, TasksReplies.Json.TaskReply);
    }

    public async Task DeleteAsync(HttpContext http, string id)
    {
        var video = await videos.DeleteAsync(http, NumberOf(id));
        await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, new DeleteReply("Eliminado", video.FilePath, video.Id), TasksReplies.Json.DeleteReply);
    }

    public async Task DownloadAsync(HttpContext http, string year, string month, string day, string name)
    {
        var path = $"{year}/{month}/{day}/{name}";
        var id = long.TryParse(name.Split('_')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var video = await videos.ReadAsync(http, id);
        await (video.FilePath == path ? videos.Download(video) : throw VideoCalls.NotFound()).ExecuteAsync(http);
    }

    /// <summary><c>{"data":[{"id":1,"status":"processed"}]}</c>, without an object for each of what may be thousands.</summary>
    private static void Write(VideoList list, PipeWriter output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        for (var i = 0; i < list.Ids.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, list.Ids[i]);
            json.WriteString("status"u8, NameOf((VideoStatus)list.Statuses[i]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string LinkTo(HttpContext http, Video video) => videos.LinkTo(http, $"/api/video/download/{video.FilePath}");

    /// <summary>The old clients know no processing: it is uploaded until it is processed.</summary>
    private static string NameOf(VideoStatus status) => status switch
    {
        VideoStatus.Processed => "processed",
        VideoStatus.Failed or VideoStatus.Cancelled => "failed",
        _ => "uploaded",
    };

    private static string? WhyNot(Video video) => video.Status == VideoStatus.Cancelled ? "It was cancelled." : video.Failure;

    private static long NumberOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw VideoCalls.NotFound();

    private static int? NumberIn(string? text, string name, int greatest)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= greatest
            ? number
            : throw Problems.BadRequest($"{name} must be a whole number from 0 to {greatest.ToString(CultureInfo.InvariantCulture)}.");
    }
}
