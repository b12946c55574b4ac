using System.Globalization;
using System.Text;
using Granero.Gateways.Rest.Accounts;

namespace Granero.Gateways.Rest.Videos;

/// <summary>Resumable uploads. Source: tus 1.0 (https://tus.io/protocols/resumable-upload), core, creation, expiration, checksum, termination.</summary>
internal sealed class TusApi(TusUploads uploads, VideoCalls videos)
{
    /// <summary>Where uploads are begun, and lie below.</summary>
    public const string Path = "/videos/uploads";

    private const string Version = "1.0.0";
    private const string Extensions = "creation,expiration,checksum,termination";
    private const string Metadata = "Upload-Metadata";
    private const string BytesType = "application/offset+octet-stream";

    /// <summary>The header that says which video an upload has become; not part of tus.</summary>
    private const string VideoHeader = "Granero-Video-Id";

    /// <summary>Before a route is found: every reply says which version it speaks, and a client that cannot send a method names it in a header.</summary>
    public static Task PrepareAsync(HttpContext http, RequestDelegate next)
    {
        if (Door.Of(http) != Door.Main || !http.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase))
            return next(http);
        http.Response.Headers["Tus-Resumable"] = Version;
        if (http.Request.Headers["X-HTTP-Method-Override"] is [{ Length: > 0 } method])
            http.Request.Method = HttpMethods.GetCanonicalizedValue(method.ToUpperInvariant());
        return next(http);
    }

    /// <summary>Every request but OPTIONS says which version it speaks.</summary>
    public static ValueTask<object?> CheckVersionAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var (request, headers) = (call.HttpContext.Request, call.HttpContext.Response.Headers);
        if (HttpMethods.IsOptions(request.Method) || request.Headers["Tus-Resumable"] == Version)
            return next(call);
        headers["Tus-Version"] = Version;
        return ValueTask.FromResult<object?>(Results.Problem($"Send Tus-Resumable: {Version}.", statusCode: StatusCodes.Status412PreconditionFailed));
    }

    public IResult Describe(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["Tus-Version"] = Version;
        headers["Tus-Extension"] = Extensions;
        headers["Tus-Max-Size"] = Text(uploads.MaxBytes);
        headers["Tus-Checksum-Algorithm"] = TusChecksum.Algorithms;
        return TypedResults.NoContent();
    }

    public async Task<IResult> CreateAsync(HttpContext http)
    {
        if (Number(http.Request.Headers["Upload-Length"]) is not { } length || length == 0)
            throw Problems.BadRequest("Send Upload-Length, the bytes of the file, from 1 on.");
        string? metadata = http.Request.Headers[Metadata];
        if (metadata?.Any(c => c is < ' ' or > '~') is true)
            throw Problems.BadRequest("Upload-Metadata must be ASCII: keys, and values in base64.");
        var (id, expiresAt) = await uploads.BeginAsync(http.User.UserId(), FileNameIn(metadata), length, metadata);
        http.Response.Headers["Upload-Expires"] = expiresAt.ToString("R", CultureInfo.InvariantCulture);
        return TypedResults.Created(videos.LinkTo(http, $"{Path}/{id:N}"));
    }

    public async Task<IResult> TellOffsetAsync(HttpContext http, Guid id)
    {
        var upload = await uploads.FindAsync(http.User.UserId(), id);
        var headers = http.Response.Headers;
        headers["Upload-Offset"] = Text(uploads.OffsetOf(upload));
        headers["Upload-Length"] = Text(upload.Length);
        headers[Metadata] = upload.Metadata;
        headers.CacheControl = "no-store";
        if (upload.Video is { } video)
            headers[VideoHeader] = Text(video);
        else
            headers["Upload-Expires"] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
        return TypedResults.Ok();
    }

    public async Task<IResult> AppendAsync(HttpContext http, Guid id)
    {
        var request = http.Request;
        if (request.ContentType != BytesType)
            throw Problems.BadRequest($"Send the bytes as {BytesType}.", StatusCodes.Status415UnsupportedMediaType);
        if (Number(request.Headers["Upload-Offset"]) is not { } offset)
            throw Problems.BadRequest("Send Upload-Offset, where these bytes begin.");
        using var checksum = TusChecksum.Parse(request.Headers["Upload-Checksum"]);
        var userId = http.User.UserId();
        var upload = await uploads.FindAsync(userId, id);
        offset = await uploads.AppendAsync(upload, offset, request.Body, checksum, http.RequestAborted);
        http.Response.Headers["Upload-Offset"] = Text(offset);
        if (offset < upload.Length)
            http.Response.Headers["Upload-Expires"] = (await uploads.ExtendAsync(userId, id)).ToString("R", CultureInfo.InvariantCulture);
        else
            http.Response.Headers[VideoHeader] = Text(await uploads.FinishAsync(userId, upload));
        return TypedResults.NoContent();
    }

    public async Task<IResult> TerminateAsync(HttpContext http, Guid id)
    {
        var userId = http.User.UserId();
        await uploads.TerminateAsync(userId, await uploads.FindAsync(userId, id));
        return TypedResults.NoContent();
    }

    /// <summary>Pairs of a key and a value in base64, divided by commas.</summary>
    private static string FileNameIn(string? metadata)
    {
        foreach (var pair in (metadata ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (pair.Split(' ') is ["filename" or "name", var base64])
                return Decode(base64);
        }

        return "video";
    }

    private static string Decode(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw Problems.BadRequest("The filename in Upload-Metadata is not base64.");
        }
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
