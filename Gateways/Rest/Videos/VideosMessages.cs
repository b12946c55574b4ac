using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granero.Gateways.Rest.Videos;

// The bodies of the old clients' replies. Source: protocols.md, section 4.

/// <summary>Body of <c>POST /api/tasks</c>. It is read as it comes; this is its description.</summary>
internal sealed record UploadForm(IFormFile File);

/// <summary>Reply of <c>GET /api/tasks</c>. It is written entry by entry; this is its description.</summary>
internal sealed record TaskListReply(VideoEntry[] Data);

/// <summary>Reply of <c>POST /api/tasks</c>.</summary>
internal sealed record UploadReply(string Message, long TaskId);

/// <summary>Reply of <c>GET /api/tasks/{id}</c>. Why a video failed is one more field, which the old clients pass over.</summary>
internal sealed record TaskReply(
    long TaskId, DateTime Timestamp, string Status, string FilePath, string Download,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);

/// <summary>Reply of <c>DELETE /api/tasks/{id}</c>.</summary>
internal sealed record DeleteReply(string Message, string File, [property: JsonPropertyName("Task")] long Task);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UploadReply))]
[JsonSerializable(typeof(TaskReply))]
[JsonSerializable(typeof(DeleteReply))]
internal sealed partial class OldTasksJson : JsonSerializerContext;

internal static class TasksReplies
{
    /// <summary>Sentences with accents stay readable. No reply of ours becomes a part of a page.</summary>
    public static OldTasksJson Json { get; } = new(new JsonSerializerOptions(OldTasksJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
