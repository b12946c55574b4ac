using System.Text.Json;

namespace Granero.Gateways.Rest.Tasks;

/// <summary>A field of a request is missing or of another type: 422, in the words that clients of the old server know. Source: protocols.md, section 3.</summary>
/// <param name="type">Such as <c>missing</c>.</param>
/// <param name="location">From the body down to the field.</param>
/// <param name="sentence">For people.</param>
/// <param name="input">What was there instead; it must hold no secret.</param>
internal sealed class TaskFieldException(string type, string[] location, string sentence, JsonElement? input) : Exception(sentence)
{
    /// <summary><c>{"detail":[{"type","loc","msg","input"}]}</c>.</summary>
    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Encoder = TasksJson.Readable });
        json.WriteStartObject();
        json.WriteStartArray("detail");
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartArray("loc");
        foreach (var part in location)
            json.WriteStringValue(part);
        json.WriteEndArray();
        json.WriteString("msg", Message);
        json.WritePropertyName("input");
        if (input is { } there)
            there.WriteTo(json);
        else
            json.WriteNullValue();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
