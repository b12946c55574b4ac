using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Granero.Gateways.Rest;

/// <summary>Reads a request's body.</summary>
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
            return await JsonSerializer.DeserializeAsync(request.BodyReader, type, request.HttpContext.RequestAborted)
                ?? throw Problems.BadRequest($"Send {expected}.");
        }
        catch (JsonException mistake)
        {
            throw Problems.BadRequest($"Send {expected}; this went wrong at {mistake.Path ?? "$"}.");
        }
    }
}
