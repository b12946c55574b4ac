using System.Text.Json.Serialization;

namespace Granero.Gateways.Rest;

/// <summary>What the old clients know of errors. Source: protocols.md, sections 2 and 3.</summary>
internal sealed record ErrorReply([property: JsonPropertyName("error")] string Error);

[JsonSerializable(typeof(ErrorReply))]
internal sealed partial class ProblemsJson : JsonSerializerContext;
