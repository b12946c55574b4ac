using System.Text.Json.Serialization;

namespace Granero.Gateways.Rest;

/// <summary>What a route's clients know of errors: metadata of the route.</summary>
internal sealed class ProblemShape
{
    /// <summary><c>{"error": sentence}</c>. Source: protocols.md, sections 2 and 3.</summary>
    public static readonly ProblemShape Error = new((http, status, sentence) =>
        JsonBody.WriteAsync(http.Response, status, new ErrorReply(sentence), ProblemsJson.Default.ErrorReply));

    /// <summary><c>{"detail": sentence}</c>. Source: protocols.md, section 3.</summary>
    public static readonly ProblemShape Detail = new((http, status, sentence) =>
        JsonBody.WriteAsync(http.Response, status, new DetailReply(sentence), ProblemsJson.Default.DetailReply));
    /// <summary><c>{"message": sentence}</c>. Source: protocols.md, section 4.</summary>
    public static readonly ProblemShape Message = new(MessageReply.WriteAsync);

    /// <summary>ProblemDetails (RFC 9457), for routes that the old servers did not have.</summary>
    public static readonly ProblemShape Details = new((http, status, sentence) =>
        Results.Problem(sentence, statusCode: status).ExecuteAsync(http));

    private readonly Func<HttpContext, int, string, Task> _write;

    private ProblemShape(Func<HttpContext, int, string, Task> write) => _write = write;

    public Task WriteAsync(HttpContext http, int status, string sentence) => _write(http, status, sentence);
}

internal sealed record ErrorReply([property: JsonPropertyName("error")] string Error);

internal sealed record DetailReply([property: JsonPropertyName("detail")] string Detail);

[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(DetailReply))]
internal sealed partial class ProblemsJson : JsonSerializerContext;
