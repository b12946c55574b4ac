using Granero.Gateways.Hosting;
using Granero.Videos;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Granero.Gateways.Rest.Videos;

/// <summary>Takes uploads by one request (multipart/form-data) into the media folder, and has the grains judge and record them.</summary>
internal sealed class Uploads(IGrainFactory grains, GrainRetry retry, Media media, IOptions<VideosOptions> options) : IDisposable
{
    private const int BlockBytes = 128 * 1024;
    private const string FieldName = "file";

    private readonly SemaphoreSlim _slots = new(options.Value.MaxUploads);

    /// <returns>The video, which waits to be processed; null when the request has no file.</returns>
    /// <exception cref="GraneroException">It was refused, and nothing is left of it.</exception>
    /// <exception cref="BadHttpRequestException">The body is broken, or ends too early; nothing is left of it.</exception>
    public async Task<Video?> ReceiveAsync(HttpRequest request, long userId)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
            return null;
        using var slot = TakeSlot();
        try
        {
            return await ReceiveFileAsync(new MultipartReader(boundary, request.Body, BlockBytes), request, userId);
        }
        catch (InvalidDataException broken)
        {
            throw Problems.BadRequest($"The multipart body is broken: {broken.Message}");
        }
        catch (IOException cut) when (cut is not BadHttpRequestException && cut.Message.Contains("Unexpected end", StringComparison.Ordinal))
        {
            throw Problems.BadRequest("The multipart body ends too early.");
        }
    }

    /// <summary>One of the uploads that may run at a time, until it is disposed.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TooManyUploads"/>.</exception>
    public IDisposable TakeSlot() => _slots.Wait(0, CancellationToken.None)
        ? new Slot(_slots)
        : throw new GraneroException(ErrorCode.TooManyUploads, "Too many videos are being uploaded. Try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(5) };

    /// <summary>Makes a whole file a video of its user's. It goes on when the client leaves: all has come.</summary>
    /// <param name="path">Where the file lies now.</param>
    /// <param name="file">What it is.</param>
    /// <param name="userId">Whose.</param>
    /// <exception cref="GraneroException">It was refused, and is gone.</exception>
    public async Task<Video> AcceptAsync(string path, UploadedFile file, long userId)
    {
        var (store, library) = (media.Store, grains.GetGrain<IVideoLibraryGrain>(userId));
        var final = store.UploadPath(file.Id);
        await Task.Factory.StartNew(() => store.Keep(path, final), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await retry.CallAsync(() => library.Add(file));
        }
        catch (GraneroException)
        {
            // Refused for certain. After any other failure it may be a video by now, and the sweep finds out.
            store.Remove(final);
            throw;
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<Video?> ReceiveFileAsync(MultipartReader reader, HttpRequest request, long userId)
    {
        while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } section)
        {
            if (FileNameOf(section) is { } name)
                return await ReceiveAsync(section.Body, VideoNames.Safe(name), request, userId);
        }

        return null;
    }

    /// <returns>Null for a section that is not the field of the file.</returns>
    private static string? FileNameOf(MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name) != FieldName)
            return null;
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
        return string.IsNullOrEmpty(name) ? null : name;
    }

    private async Task<Video> ReceiveAsync(Stream body, string name, HttpRequest request, long userId)
    {
        var aborted = request.HttpContext.RequestAborted;
        var room = await retry.CallAsync(() => grains.GetGrain<IVideoLibraryGrain>(userId).Room(aborted), aborted);
        if (room == 0)
            throw new GraneroException(ErrorCode.VideoQuotaExceeded, "Your videos take all the room that they may have: delete some.");
        var id = Guid.CreateVersion7();
        var path = media.Store.IncomingPath(id);
        // The multipart wrapping counts as expected, too: a few bytes more than will come.
        using var reservation = media.Reserve(Math.Min(request.ContentLength ?? 0, options.Value.MaxUploadBytes));
        try
        {
            UploadedFile file;
            using (var incoming = new IncomingFile(path, reservation, Math.Min(options.Value.MaxUploadBytes, room)))
            {
                await CopyAsync(body, incoming, aborted);
                file = new UploadedFile(id, name, incoming.Length, incoming.Hash());
            }

            return await AcceptAsync(path, file, userId);
        }
        finally
        {
            media.Store.Remove(path); // of one that was kept, there is nothing there any more
        }
    }

    private static async Task CopyAsync(Stream body, IncomingFile file, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        for (int read; (read = await body.ReadAsync(block, cancellationToken)) > 0;)
            await file.AppendAsync(block.AsMemory(0, read), cancellationToken);
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
