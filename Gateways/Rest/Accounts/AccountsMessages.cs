using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granero.Gateways.Rest.Accounts;

// The bodies of requests and replies. Source: protocols.md, section 4. What a request lacks is null here.

/// <summary>Body of <c>/api/auth/signup</c>.</summary>
internal sealed record SignUpRequest(string? Username, string? Password1, string? Password2, string? Email);

/// <summary>Body of <c>/api/auth/login</c>.</summary>
internal sealed record LogInRequest(string? Username, string? Password);

/// <summary>Reply of <c>/api/auth/login</c>.</summary>
internal sealed record TokenReply(string Token);

/// <summary>Reply to a call that may not be made without a token.</summary>
internal sealed record RefusalReply(string Msg);

/// <summary>Reply of <c>/api/health</c>.</summary>
internal sealed record HealthReply(string Status, string Database, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SignUpRequest))]
[JsonSerializable(typeof(LogInRequest))]
[JsonSerializable(typeof(TokenReply))]
[JsonSerializable(typeof(RefusalReply))]
[JsonSerializable(typeof(HealthReply))]
internal sealed partial class AccountsJson : JsonSerializerContext;

internal static class AccountsReplies
{
    /// <summary>Names with accents stay readable. No reply of ours becomes a part of a page.</summary>
    public static AccountsJson Json { get; } = new(new JsonSerializerOptions(AccountsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
