using System.Text.Encodings.Web;
using System.Text.Json;
using Orleans.Storage;

namespace Granero.Schema;

/// <summary>
/// Grain state as plain JSON (UTF-8), by System.Text.Json. No CLR type name is written, so state outlives a rename of its type or
/// namespace. A member is stored under its own name: before renaming one, pin the old name with <c>[JsonPropertyName]</c>. Members
/// that the reader does not know are ignored, members that are missing keep their initial value.
/// </summary>
/// <remarks>To read it in psql: <c>select convert_from(PayloadBinary, 'UTF8') from OrleansStorage</c>.</remarks>
public sealed class JsonStateSerializer : IGrainStorageSerializer
{
    /// <summary>What <c>Orleans:GrainStorage:[name]:SerializerKey</c> says; the key to register this class under.</summary>
    public const string Key = "json";

    private static readonly JsonSerializerOptions Options = new()
    {
        // The default encoder guards against HTML, which this never becomes, and makes accents unreadable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    /// <inheritdoc/>
    /// <exception cref="JsonException">The payload is not JSON of the shape of <typeparamref name="T"/>.</exception>
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options)!;
}
