using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granero.Gateways.Rest;

/// <summary><c>{"message": sentence}</c>. Source: protocols.md, section 4.</summary>
internal sealed record MessageReply(string Message)
{
    /// <summary>With accents as they are.</summary>
    private static readonly MessageReplyJson Json = new(
        new JsonSerializerOptions(MessageReplyJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static Task WriteAsync(HttpContext http, int status, string sentence) =>
        JsonBody.WriteAsync(http.Response, status, new MessageReply(sentence), Json.MessageReply);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MessageReply))]
internal sealed partial class MessageReplyJson : JsonSerializerContext;
