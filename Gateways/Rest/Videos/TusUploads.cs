using System.Security.Cryptography;
using Granero.Gateways.Hosting;
using Granero.Support;
using Granero.Videos;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Granero.Gateways.Rest.Videos;

/// <summary>
/// Uploads that come in several requests. The grains know which there are; how much of one has come is the length of its file, so it is true after
/// any crash, and for every gateway that shares the folder.
/// </summary>
internal sealed class TusUploads(IGrainFactory grains, GrainRetry retry, Media media, Uploads uploads, IOptions<VideosOptions> options)
{
    private const int BlockBytes = 128 * 1024;
    private const int Locked = 11;       // EWOULDBLOCK on Linux
    private const int LockedOnMac = 35;  // the same on macOS

    public long MaxBytes => options.Value.MaxUploadBytes;

    /// <returns>The new upload's id, and when it expires.</returns>
    public async Task<(Guid Id, DateTime ExpiresAt)> BeginAsync(long userId, string fileName, long length)
    {
        if (length > MaxBytes)
            throw new GraneroException(ErrorCode.VideoTooLong, $"A video may have {MaxBytes} bytes.");
        var (id, store) = (Guid.CreateVersion7(), media.Store);
        media.Reserve(length).Dispose();
        var expiresAt = await retry.CallAsync(() => Library(userId).Begin(id, VideoNames.Safe(fileName), length));
        File.OpenHandle(store.PartialPath(id), FileMode.OpenOrCreate, FileAccess.Write).Dispose();
        return (id, expiresAt);
    }

    /// <exception cref="GraneroException"><see cref="ErrorCode.UploadNotFound"/>.</exception>
    public Task<ResumableUpload> FindAsync(long userId, Guid id) => retry.CallAsync(() => Library(userId).FindUpload(id));

    /// <returns>How much of it has come.</returns>
    public long OffsetOf(ResumableUpload upload)
    {
        if (upload.Video is not null || File.Exists(media.Store.UploadPath(upload.Id)))
            return upload.Length;
        var partial = new FileInfo(media.Store.PartialPath(upload.Id));
        return partial.Exists ? partial.Length : 0;
    }

    /// <summary>Writes what comes behind what has come before. If the client is cut off, what has come is kept, unless a checksum was to be kept to.</summary>
    /// <param name="upload">Which.</param>
    /// <param name="offset">Where the client believes that it goes on.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="checksum">What they should come to; null for none.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    /// <returns>How much has come now.</returns>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.UploadIsLocked"/>; <see cref="ErrorCode.WrongVideoState"/>: the offset is another; <see cref="ErrorCode.ChecksumMismatch"/>;
    /// <see cref="ErrorCode.VideoTooLong"/>; <see cref="ErrorCode.MediaDiskFull"/>.
    /// </exception>
    public async Task<long> AppendAsync(ResumableUpload upload, long offset, Stream body, TusChecksum? checksum, CancellationToken cancellationToken)
    {
        if (OffsetOf(upload) == upload.Length)
            return offset == upload.Length ? offset : throw WrongOffset(upload.Length);
        using var slot = uploads.TakeSlot();
        using var file = Open(upload.Id);
        var has = RandomAccess.GetLength(file);
        if (has != offset)
            throw WrongOffset(has);
        using var reservation = media.Reserve(upload.Length - offset);
        var isWanted = false;
        try
        {
            var end = await CopyAsync(body, file, upload, offset, reservation, checksum, cancellationToken);
            isWanted = checksum?.IsRight() ?? true;
            return isWanted ? end : throw new GraneroException(ErrorCode.ChecksumMismatch, "The bytes have another checksum than announced, and were not kept.");
        }
        finally
        {
            if (!isWanted && checksum is not null)
                RandomAccess.SetLength(file, offset);
        }
    }

    /// <summary>All has come: makes it a video. Repeating it is harmless.</summary>
    /// <exception cref="GraneroException">It was refused, and is gone.</exception>
    public async Task<Video> FinishAsync(long userId, ResumableUpload upload)
    {
        var (partial, final) = (media.Store.PartialPath(upload.Id), media.Store.UploadPath(upload.Id));
        var path = File.Exists(final) ? final : partial;
        try
        {
            return await uploads.AcceptAsync(path, new(upload.Id, upload.FileName, upload.Length, await HashAsync(path)), userId);
        }
        catch (GraneroException refusal) when (refusal.Code is not ErrorCode.NoEncoder)
        {
            await retry.CallAsync(() => Library(userId).Abandon(upload.Id));
            throw;
        }
    }

    /// <summary>Gives it up, unless it is a video already.</summary>
    public async Task TerminateAsync(long userId, ResumableUpload upload)
    {
        if (upload.Video is not null)
            throw new GraneroException(ErrorCode.UploadNotFound, "The upload is a video already: delete that.");
        await retry.CallAsync(() => Library(userId).Abandon(upload.Id));
        media.Store.Remove(media.Store.PartialPath(upload.Id));
    }

    /// <returns>When it expires from now on.</returns>
    public Task<DateTime> ExtendAsync(long userId, Guid id) => retry.CallAsync(() => Library(userId).Extend(id));

    private static async Task<long> CopyAsync(
        Stream body, SafeFileHandle file, ResumableUpload upload, long offset, Media.Reservation room, TusChecksum? checksum, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        for (int read; (read = await body.ReadAsync(block, cancellationToken)) > 0; offset += read)
        {
            if (offset + read > upload.Length)
                throw new GraneroException(ErrorCode.VideoTooLong, $"The upload was announced with {upload.Length} bytes, and more came.");
            checksum?.Add(block.AsSpan(0, read));
            await WriteAsync(file, block.AsMemory(0, read), offset);
            room.Arrived(read);
        }

        return offset;
    }

    private static async Task WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset)
    {
        try
        {
            await RandomAccess.WriteAsync(file, bytes, offset, CancellationToken.None); // whole, whoever leaves: its length counts
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            throw new GraneroException(ErrorCode.MediaDiskFull, "There is no room for more videos now. Try again later.");
        }
    }

    private static async Task<byte[]> HashAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BlockBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await SHA256.HashDataAsync(file);
    }

    /// <summary>For this request alone, over all gateways that share the folder: the handle holds a lock of the file system.</summary>
    private SafeFileHandle Open(Guid id)
    {
        try
        {
            return File.OpenHandle(media.Store.PartialPath(id), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        }
        catch (IOException taken) when (taken.HResult is Locked or LockedOnMac)
        {
            throw new GraneroException(ErrorCode.UploadIsLocked, "Another request is sending bytes of this upload.");
        }
    }

    private static GraneroException WrongOffset(long has) => new(ErrorCode.WrongVideoState, $"The upload goes on at offset {has}.");

    private IVideoLibraryGrain Library(long userId) => grains.GetGrain<IVideoLibraryGrain>(userId);
}
