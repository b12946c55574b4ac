using System.Security.Cryptography;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Gateways.Grpc.Support;
using Grpc.Core;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>One client's stream: what it announces, then exactly that.</summary>
internal sealed class Upload(IAsyncStreamReader<PublishRequest> requests, StreamClock clock)
{
    /// <summary>Chunks stay under this, as files.proto says.</summary>
    private const int MaxChunkBytes = 85_000;

    private PublishHeader? _header;

    /// <param name="within">A client that knows what it sends has it ready.</param>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.MalformedUpload"/>; <see cref="ErrorCode.InvalidName"/>; <see cref="ErrorCode.GatewayStops"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">By the clock, which knows why.</exception>
    public async Task<PublishHeader> ReadHeaderAsync(TimeSpan within)
    {
        if (!await ReadAsync(within) || requests.Current.Header is not { } header) throw Malformed("The first message of an upload must be its header.");
        Names.CheckPeer(header.PeerName);
        Names.CheckFile(header.FileName);
        if (header.Sha256.Length != SHA256.HashSizeInBytes) throw Malformed($"A SHA-256 has {SHA256.HashSizeInBytes} bytes, and this one has {header.Sha256.Length}.");
        return _header = header;
    }

    /// <summary>Writes the bytes as they come.</summary>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.ContentMismatch"/>; <see cref="ErrorCode.MalformedUpload"/>; <see cref="ErrorCode.GatewayStops"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">By the clock, which knows why.</exception>
    public async Task ReadContentAsync(IncomingFile file)
    {
        while (await ReadAsync())
        {
            var chunk = ChunkOf(requests.Current);
            if ((ulong)(file.Length + chunk.Length) > _header!.Length) throw Mismatch($"more than the {_header.Length} bytes announced");
            await file.AppendAsync(chunk, clock.Token);
        }

        if ((ulong)file.Length != _header!.Length) throw Mismatch($"{file.Length} bytes of the {_header.Length} announced");
        if (!file.Hash().AsSpan().SequenceEqual(_header.Sha256.Span)) throw Mismatch("bytes with another SHA-256 than announced");
    }

    /// <summary>The clock runs only here: what the cluster and the disk take is not the client's doing.</summary>
    private async Task<bool> ReadAsync(TimeSpan? within = null)
    {
        clock.Restart(within);
        var isThere = await requests.MoveNext(clock.Token);
        clock.Pause();
        return isThere;
    }

    private static ReadOnlyMemory<byte> ChunkOf(PublishRequest request)
    {
        if (request.PartCase != PublishRequest.PartOneofCase.Chunk) throw Malformed("After its header, an upload has only chunks.");
        if (request.Chunk.Length >= MaxChunkBytes) throw Malformed($"A chunk must stay under {MaxChunkBytes} bytes, and this one has {request.Chunk.Length}.");
        return request.Chunk.Memory;
    }

    private static GraneroException Malformed(string sentence) => new(ErrorCode.MalformedUpload, sentence);

    private static GraneroException Mismatch(string what) => new(ErrorCode.ContentMismatch, $"Nothing was published: {what} came.");
}
