using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Granero.Gateways.Rest;

/// <summary>Reads the JSON of requests and writes that of replies.</summary>
internal static class JsonBody
{
    /// <param name="request">The request.</param>
    /// <param name="type">What the body is to be.</param>
    /// <param name="expected">The same in words, for whoever sent something else: "a JSON object with ...".</param>
    /// <exception cref="BadHttpRequestException">It is something else, or too large.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, string expected)
        where T : class
    {
        // A page in a browser can send other types to us unasked, from the address of a peer that may act here.
        if (!request.HasJsonContentType())
            throw Problems.BadRequest($"Send {expected}, with the content type application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            // Without RequestAborted, which costs each request that asks for it: a body whose client has gone ends by itself.
            return await JsonSerializer.DeserializeAsync(request.BodyReader, type)
                ?? throw Problems.BadRequest($"Send {expected}.");
        }
        catch (JsonException mistake)
        {
            throw Problems.BadRequest($"Send {expected}; this went wrong at {mistake.Path ?? "$"}.");
        }
    }

    /// <summary>Answers with JSON of a known length, which spares the client the chunks.</summary>
    public static async Task WriteAsync<T>(HttpResponse response, int status, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        await response.BodyWriter.WriteAsync(bytes);
    }
}
