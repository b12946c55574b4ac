using System.Security.Cryptography;
using Granero.Support;
using Microsoft.Win32.SafeHandles;

namespace Granero.Gateways.Rest.Videos;

/// <summary>A file that is being received: written as it comes, no more of it in memory than one block, and refused when it becomes too long.</summary>
internal sealed class IncomingFile : IDisposable
{
    /// <summary>How often the disk is asked whether there is still room, in bytes.</summary>
    private const long CheckEvery = 16L << 20;

    private readonly SafeFileHandle _file;
    private readonly Media.Reservation _room;
    private readonly long _maxBytes;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _checkedAt;

    /// <param name="path">A file that nobody else writes to.</param>
    /// <param name="room">What is kept free for it.</param>
    /// <param name="maxBytes">The length that it must not exceed.</param>
    public IncomingFile(string path, Media.Reservation room, long maxBytes)
    {
        (_room, _maxBytes) = (room, maxBytes);
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None);
    }

    /// <summary>Bytes received so far.</summary>
    public long Length { get; private set; }

    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoTooLong"/>; <see cref="ErrorCode.MediaDiskFull"/>.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Length + bytes.Length > _maxBytes)
            throw new GraneroException(ErrorCode.VideoTooLong, $"The file is longer than the {_maxBytes} bytes that it may have.");
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, Length, cancellationToken);
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            throw new GraneroException(ErrorCode.MediaDiskFull, "There is no room for more videos now. Try again later.");
        }

        _hash.AppendData(bytes.Span);
        Length += bytes.Length;
        _room.Arrived(bytes.Length);
        if (Length - _checkedAt < CheckEvery)
            return;
        _checkedAt = Length;
        _room.Check();
    }

    /// <summary>The SHA-256 of all that was received; once only.</summary>
    public byte[] Hash() => _hash.GetHashAndReset();

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }
}
