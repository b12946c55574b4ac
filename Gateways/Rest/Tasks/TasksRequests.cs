using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granero.Tasks;

namespace Granero.Gateways.Rest.Tasks;

/// <summary>Turns a request's body into what grains take, or says which field is wrong. Source: protocols.md, section 3.</summary>
internal static class TasksRequests
{
    private const string Credentials = "credenciales";
    private const string Masked = "********";
    private const int MaxCalculation = 1000;
    private const int MaxUser = 255;
    private const int MaxKey = 255;

    private static readonly JsonElement Nothing = JsonSerializer.Deserialize<JsonElement>("{}");

    /// <exception cref="TaskFieldException">Which field is wrong, and how.</exception>
    public static async Task<(RemoteTaskRequest Request, RegistryCredentials? Credentials)> ReadAsync(HttpRequest request)
    {
        var body = await ReadBodyAsync(request);
        if (body.ValueKind != JsonValueKind.Object)
            throw NotAnObject(body.ValueKind is JsonValueKind.Array ? Nothing : body);
        var image = Text(body, body, "imagen_docker", "body", "imagen_docker");
        if (!ImageName.TryParse(image, out _))
            throw Invalid("imagen_docker", "that is no name of an image, such as ana/task_service:1.0", body.GetProperty("imagen_docker"));
        var calculation = Text(body, body, "calculo", "body", "calculo");
        if (calculation.Length > MaxCalculation || calculation.Contains('\0', StringComparison.Ordinal))
            throw Invalid("calculo", $"it may have {MaxCalculation} characters, and no NUL", Nothing);
        var parameters = Object(body, "parametros") ?? throw Missing(body, "body", "parametros");
        return (new(image, calculation, parameters.GetRawText(), Object(body, "datos_adicionales")?.GetRawText()), ReadCredentials(body));
    }

    /// <returns>The id of the run that the request's Idempotency-Key stands for; one of its own without.</returns>
    public static (Guid Id, bool HasKey) IdOf(HttpRequest request)
    {
        var keys = request.Headers["Idempotency-Key"];
        if (keys.Count == 0)
            return (Guid.NewGuid(), false);
        if (keys is not [{ Length: > 0 and <= MaxKey } key])
            throw Problems.BadRequest($"Idempotency-Key must be one text of 1 to {MaxKey} characters.");
        return (new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)), true);
    }

    private static async Task<JsonElement> ReadBodyAsync(HttpRequest request)
    {
        // A page in a browser can send other types to us unasked.
        if (!request.HasJsonContentType())
            throw NotAnObject(null);
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body);
            CheckTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException)
        {
            throw new TaskFieldException("json_invalid", ["body"], "JSON decode error", Nothing);
        }
    }

    /// <summary>The parser lets pass names and texts that are none: half of a pair of surrogates, bytes that are no UTF-8.</summary>
    /// <exception cref="InvalidOperationException">There is one, at whatever depth.</exception>
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    CheckTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var field in element.EnumerateObject())
                {
                    _ = field.Name;
                    CheckTexts(field.Value);
                }

                break;
        }
    }

    private static RegistryCredentials? ReadCredentials(JsonElement body)
    {
        if (Object(body, Credentials) is not { } given)
            return null;
        var user = Text(given, body, "usuario", "body", Credentials, "usuario");
        var password = Text(given, body, "password", "body", Credentials, "password");
        var token = new byte[password.Length];
        if (user.Length is 0 or > MaxUser || user.Contains('\0', StringComparison.Ordinal))
            throw Secret("usuario", $"it must have 1 to {MaxUser} characters");
        return Convert.TryFromBase64String(password, token, out var length)
            ? new(user, Encoding.UTF8.GetString(token, 0, length))
            : throw Secret("password", "it must be base64");
    }

    private static string Text(JsonElement from, JsonElement body, string name, params string[] location)
    {
        if (!from.TryGetProperty(name, out var value))
            throw Missing(body, location);
        if (value.ValueKind != JsonValueKind.String)
            throw new TaskFieldException("string_type", location, "Input should be a valid string", location.Contains(Credentials) ? Mask : value);
        return value.GetString()!;
    }

    /// <returns>Null if it is absent or null, which the optional ones may be.</returns>
    private static JsonElement? Object(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value) || (value.ValueKind == JsonValueKind.Null && name != "parametros"))
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? value
            : throw new TaskFieldException("dict_type", ["body", name], "Input should be a valid dictionary", name == Credentials ? Mask : value);
    }

    private static JsonElement Mask => JsonSerializer.SerializeToElement(Masked, TasksJson.Default.String);

    private static TaskFieldException NotAnObject(JsonElement? input) =>
        new("model_attributes_type", ["body"], "Input should be a valid dictionary or object to extract fields from", input);

    private static TaskFieldException Missing(JsonElement body, params string[] location) =>
        new("missing", location, "Field required", WithoutCredentials(body));

    private static TaskFieldException Invalid(string field, string reason, JsonElement input) =>
        new("value_error", ["body", field], $"Value error, {reason}", input);

    private static TaskFieldException Secret(string field, string reason) =>
        new("value_error", ["body", Credentials, field], $"Value error, {reason}", Mask);

    /// <summary>The clients know the whole body here; what is secret in it stays here.</summary>
    private static JsonElement WithoutCredentials(JsonElement body)
    {
        var shown = new JsonObject();
        foreach (var field in body.EnumerateObject())
            shown[field.Name] = field.Name == Credentials ? JsonValue.Create(Masked) : JsonNode.Parse(field.Value.GetRawText());
        return JsonSerializer.Deserialize<JsonElement>(shown.ToJsonString());
    }
}
