using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granero.TaskService;

/// <summary>The bodies of replies, compact and with accents as they are. Source: protocols.md, section 3.</summary>
internal static class Replies
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whoever started the container waits for this one. The code is a text, as it always was.</summary>
    public static byte[] Status { get; } = Object(json =>
    {
        json.WriteString("status", "Its running");
        json.WriteString("status_code", "200");
    });

    /// <summary>A number of any size or precision is written with its own digits.</summary>
    public static byte[] Result(Number result) => Object(json =>
    {
        json.WritePropertyName("resultado");
        json.WriteRawValue(result.ToString());
    });

    public static byte[] Error(string sentence) => Object(json => json.WriteString("error", sentence));

    public static byte[] Detail(string sentence) => Object(json => json.WriteString("detail", sentence));

    /// <summary>A JSON object, without line breaks.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
