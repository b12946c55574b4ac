using System.Buffers;
using Google.Protobuf;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Gateways.Grpc.Support;
using Grpc.Core;
using Microsoft.Win32.SafeHandles;
using PublishedFile = Granero.Peers.PublishedFile;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>One file on its way to a client, no faster than the client takes it. Memory: one block, however long the file.</summary>
internal sealed class Download(PublishedFile file, SafeFileHandle content, long offset) : IDisposable
{
    /// <summary>As long as may be, under 85,000 so that no client's copy of a chunk lands among its large objects: each chunk costs two threads a wake-up.</summary>
    public const int ChunkBytes = 80 * 1024;

    /// <summary>Read at once: each read costs a change of threads.</summary>
    private const int BlockBytes = 4 * ChunkBytes;

    /// <exception cref="OperationCanceledException">The client has gone, or takes nothing.</exception>
    /// <exception cref="GraneroException"><see cref="ErrorCode.ContentLost"/>; <see cref="ErrorCode.GatewayStops"/>.</exception>
    public async Task SendAsync(IServerStreamWriter<DownloadReply> replies, StreamClock clock)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            clock.Restart();
            await replies.WriteAsync(new DownloadReply { Header = Header() }, clock.Token);
            for (var position = offset; position < file.Length;)
            {
                var read = await RandomAccess.ReadAsync(content, block.AsMemory(0, (int)Math.Min(BlockBytes, file.Length - position)), position, clock.Token);
                if (read == 0) throw new GraneroException(ErrorCode.ContentLost, $"The store has only {position} of the {file.Length} bytes of {file.Name}.");
                await SendAsync(block.AsMemory(0, read), replies, clock);
                position += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    public void Dispose() => content.Dispose();

    /// <summary>The bytes are in the response's own buffers when a write returns, and the block is free again.</summary>
    private static async Task SendAsync(ReadOnlyMemory<byte> block, IServerStreamWriter<DownloadReply> replies, StreamClock clock)
    {
        for (var rest = block; !rest.IsEmpty; rest = rest[Math.Min(ChunkBytes, rest.Length)..])
        {
            clock.Restart();
            var chunk = UnsafeByteOperations.UnsafeWrap(rest[..Math.Min(ChunkBytes, rest.Length)]);
            await replies.WriteAsync(new DownloadReply { Chunk = chunk }, clock.Token);
        }
    }

    private FileHeader Header() => new()
    {
        PeerName = file.PeerName,
        FileName = file.Name,
        Length = (ulong)file.Length,
        Sha256 = UnsafeByteOperations.UnsafeWrap(file.Sha256),
        ChunkBytes = ChunkBytes,
    };
}
