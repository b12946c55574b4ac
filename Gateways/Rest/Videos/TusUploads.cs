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
    public async Task<(Guid Id, DateTime ExpiresAt)> BeginAsync(long userId, string fileName, long length, string? metadata)
    {
        if (length > MaxBytes)
            throw new GraneroException(ErrorCode.VideoTooLong, $"A video may have {MaxBytes} bytes.");
        var (id, store) = (Guid.CreateVersion7(), media.Store);
        media.Reserve(length).Dispose();
        var expiresAt = await retry.CallAsync(() => Library(userId).Begin(id, VideoNames.Safe(fileName), length, metadata));
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
        var most = upload.Length - offset;
        using var reservation = media.Reserve(most);
        if (checksum is null)
            return offset + await CopyAsync(body, file, offset, most, reservation, checksum: null, cancellationToken);
        await using var apart = await ReceiveApartAsync(body, most, reservation, checksum, cancellationToken);
        return offset + await CopyAsync(apart, file, offset, most, reservation, checksum: null, CancellationToken.None);
    }

    /// <summary>All has come: makes it a video. Repeating it is harmless, also while the first still goes on.</summary>
    /// <returns>The video's number.</returns>
    /// <exception cref="GraneroException">It was refused, and is gone; <see cref="ErrorCode.UploadIsLocked"/>: another request is about to end it.</exception>
    public async Task<long> FinishAsync(long userId, ResumableUpload upload)
    {
        if (upload.Video is { } known)
            return known;
        try
        {
            return (await AcceptAsync(userId, upload)).Id;
        }
        catch (Exception gone) when (gone is FileNotFoundException or IOException { HResult: Locked or LockedOnMac } or GraneroException { Code: ErrorCode.VideoLost })
        {
            // Another request has ended it, one way or the other, or moves it just now.
            return (await FindAsync(userId, upload.Id)).Video
                ?? throw new GraneroException(ErrorCode.UploadIsLocked, "Another request is ending this upload. Ask for its offset in a moment.");
        }
    }

    private async Task<Video> AcceptAsync(long userId, ResumableUpload upload)
    {
        var (partial, final) = (media.Store.PartialPath(upload.Id), media.Store.UploadPath(upload.Id));
        var path = File.Exists(final) ? final : partial;
        try
        {
            return await uploads.AcceptAsync(path, new(upload.Id, upload.FileName, upload.Length, await HashAsync(path)), userId);
        }
        catch (GraneroException refusal) when (refusal.Code is not (ErrorCode.NoEncoder or ErrorCode.VideoLost))
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

    /// <summary>Nothing counts as having come before its checksum was found right, whatever dies meanwhile: it lies in a file of its own until then.</summary>
    /// <returns>That file, at its beginning; it is gone when it is disposed.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.ChecksumMismatch"/>.</exception>
    private async Task<FileStream> ReceiveApartAsync(
        Stream body, long most, Media.Reservation room, TusChecksum checksum, CancellationToken cancellationToken)
    {
        const FileOptions options = FileOptions.Asynchronous | FileOptions.DeleteOnClose;
        var apart = new FileStream(media.Store.IncomingPath(Guid.CreateVersion7()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BlockBytes, options);
        try
        {
            await CopyAsync(body, apart.SafeFileHandle, 0, most, room, checksum, cancellationToken);
            return checksum.IsRight() ? apart : throw new GraneroException(ErrorCode.ChecksumMismatch, "The bytes have another checksum than announced, and were not kept.");
        }
        catch
        {
            await apart.DisposeAsync();
            throw;
        }
    }

    /// <returns>Bytes copied.</returns>
    private static async Task<long> CopyAsync(
        Stream body, SafeFileHandle file, long offset, long most, Media.Reservation room, TusChecksum? checksum, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        long copied = 0;
        for (int read; (read = await body.ReadAsync(block, cancellationToken)) > 0; copied += read)
        {
            if (copied + read > most)
                throw new GraneroException(ErrorCode.VideoTooLong, "More bytes came than the upload was announced with.");
            checksum?.Add(block.AsSpan(0, read));
            await WriteAsync(file, block.AsMemory(0, read), offset + copied);
            room.Arrived(read);
        }

        return copied;
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
