using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granero.Tasks;

namespace Granero.Gateways.Rest.Tasks;

/// <summary>Body of <c>POST /getRemoteTask/</c> and <c>POST /tasks</c>. It is read field by field (<see cref="TasksRequests"/>); this is its description.</summary>
/// <param name="ImagenDocker">The image, such as <c>task_service</c> or <c>ana/task_service:1.0</c>.</param>
/// <param name="Calculo">What the task service is to do: <c>suma</c>, <c>multiplicacion</c> or <c>promedio</c> of the known one.</param>
/// <param name="Parametros">An object; what is in it is the task service's concern.</param>
/// <param name="DatosAdicionales">Recorded with the task, and no more.</param>
/// <param name="Credenciales">For the image's registry. Not recorded.</param>
internal sealed record TaskBody(
    string ImagenDocker, string Calculo, JsonElement Parametros, JsonElement? DatosAdicionales = null, CredentialsBody? Credenciales = null);

/// <param name="Usuario">The registry's user.</param>
/// <param name="Password">The registry's token, in base64.</param>
internal sealed record CredentialsBody(string Usuario, string Password);

/// <summary>A task, as far as it is.</summary>
/// <param name="Id">A UUID.</param>
/// <param name="Image">As it was asked for.</param>
/// <param name="Calculation">As it was asked for.</param>
/// <param name="State">queued, preparing, starting, running, succeeded, failed or cancelled.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="ImageDigest">What ran.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When the last attempt began.</param>
/// <param name="RunningAt">When its service was asked.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="ErrorKind">pull_failed, build_failed, not_ready, exited, timed_out, out_of_memory, wrote_too_much, answer_too_long, task_error, engine_failed or runner_lost.</param>
/// <param name="Error">The same as a sentence.</param>
internal sealed record TaskReply(
    Guid Id, string Image, string Calculation, string State, int Attempts, string? ImageDigest,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? RunningAt, DateTimeOffset? EndedAt, string? ErrorKind, string? Error)
{
    public static TaskReply Of(RemoteTask task) => new(
        task.Id, task.Image, task.Calculation, Text(task.State), task.Attempts, task.ImageDigest,
        task.CreatedAt, task.StartedAt, task.RunningAt, task.EndedAt, task.ErrorKind is { } kind ? Text(kind) : null, task.Error);

    private static string Text(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>A page of tasks.</summary>
/// <param name="Tasks">The latest first.</param>
/// <param name="Next">What to ask for as <c>before</c> to get the next page; absent on the last.</param>
internal sealed record TaskListReply(TaskReply[] Tasks, Guid? Next);

/// <summary>Why there is no result, as the old server says it.</summary>
internal sealed record NotReadyReply(string Error, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TaskReply))]
[JsonSerializable(typeof(TaskListReply))]
[JsonSerializable(typeof(NotReadyReply))]
[JsonSerializable(typeof(string))]
internal sealed partial class TasksJson : JsonSerializerContext
{
    /// <summary>Names with accents stay readable. No reply of ours becomes a part of a page.</summary>
    public static JavaScriptEncoder Readable => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
}

internal static class TasksReplies
{
    public static TasksJson Json { get; } = new(new JsonSerializerOptions(TasksJson.Default.Options) { Encoder = TasksJson.Readable });
}
