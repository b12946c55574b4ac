using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Granero.Gateways.Rest.Console;

/// <summary>
/// The console's files, which are part of the program: a page that shows nothing until an operator logs in. A browser runs and loads nothing
/// in it that does not come from here.
/// </summary>
internal static class ConsolePage
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Folder = "console/";

    public static void MapConsole(this WebApplication app)
    {
        var files = ReadEmbedded();
        var console = app.MapDoor(Door.Main).ExcludeFromDescription();
        console.MapGet("/console", (HttpContext http) => http.Request.Path.Value!.EndsWith('/') ? Send(http, "index.html") : Results.Redirect("/console/"));
        console.MapGet("/console/{**file}", (HttpContext http, string? file) => Send(http, string.IsNullOrEmpty(file) ? "index.html" : file));

        IResult Send(HttpContext http, string name)
        {
            if (!files.TryGetValue(name, out var file))
                return Results.NotFound();
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache"; // asks each time, and is told in one line that nothing has changed
            return Results.File(file.Bytes, file.ContentType, entityTag: file.Tag);
        }
    }

    private static FrozenDictionary<string, ConsoleFile> ReadEmbedded()
    {
        var assembly = typeof(ConsolePage).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Folder.Length..].Replace('\\', '/'), name => Read(assembly.GetManifestResourceStream(name)!, name), StringComparer.Ordinal);
    }

    private static ConsoleFile Read(Stream stream, string name)
    {
        using var copy = new MemoryStream();
        using (stream)
            stream.CopyTo(copy);
        var bytes = copy.ToArray();
        return new(bytes, ContentTypeOf(name), new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..8])}\""));
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };

    private sealed record ConsoleFile(byte[] Bytes, string ContentType, EntityTagHeaderValue Tag);
}
