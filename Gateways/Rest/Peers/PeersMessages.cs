using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granero.Gateways.Rest.Peers;

// The bodies of requests and replies. Source: protocols.md, section 2. What a request lacks is null here.

/// <summary>Body of <c>/login</c>.</summary>
internal sealed record LoginRequest(string? Username, string? Password, string? PeerIp);

/// <summary>Reply of <c>/login</c>: what was sent, the password masked, and the token that the old clients pass over.</summary>
internal sealed record LoginReply(string Username, string Password, string PeerIp, string Token);

/// <summary>Body of <c>/logout</c>.</summary>
internal sealed record LogoutRequest(string? PeerIp);

/// <summary>Body of <c>/indexFiles</c>.</summary>
internal sealed record IndexFilesRequest(string? PeerIp, string[]? PeerFiles);

/// <summary>Body of <c>/getFiles</c>.</summary>
internal sealed record GetFilesRequest(string? FileName);

/// <summary>An entry in the reply of <c>/getFiles</c>.</summary>
internal sealed record FileReply(string PeerName, string PeerIp, string FileName, string DownloadLink);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginReply))]
[JsonSerializable(typeof(LogoutRequest))]
[JsonSerializable(typeof(IndexFilesRequest))]
[JsonSerializable(typeof(GetFilesRequest))]
[JsonSerializable(typeof(FileReply[]))]
[JsonSerializable(typeof(MessageReply))]
internal sealed partial class PeersJson : JsonSerializerContext;

internal static class PeersReplies
{
    /// <summary>Names with accents stay readable. No reply of ours becomes a part of a page.</summary>
    public static PeersJson Json { get; } = new(new JsonSerializerOptions(PeersJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
