using System.Buffers;
using Google.Protobuf;
using Granero.Gateways.Grpc.Peers.V1;
using Grpc.Core;

namespace Granero.Bench.Downloads;

/// <summary>
/// Takes each message of a download into one buffer, as the plain download takes its bytes: generated code would make a new array for each, and
/// the measurement would be one of the bench's own garbage collector.
/// </summary>
internal sealed class ChunkBuffer
{
    private const int MaxChunkBytes = 85_000;

    private readonly byte[] _buffer = new byte[MaxChunkBytes];
    private int _length;

    /// <summary>The bytes of the last message; none of the header's.</summary>
    public ReadOnlySpan<byte> Chunk => _buffer.AsSpan(0, _length);

    /// <summary>The method of files.proto, with replies that are read into this buffer.</summary>
    public Method<DownloadRequest, ChunkBuffer> Method => new(
        MethodType.ServerStreaming,
        Files.Descriptor.FullName,
        "Download",
        Marshallers.Create(request => request.ToByteArray(), DownloadRequest.Parser.ParseFrom),
        new Marshaller<ChunkBuffer>((_, _) => throw new NotSupportedException(), Read));

    private ChunkBuffer Read(DeserializationContext context)
    {
        var message = new SequenceReader<byte>(context.PayloadAsReadOnlySequence());
        _length = 0;
        if (!message.TryRead(out var tag) || tag != WireFormat.MakeTag(DownloadReply.ChunkFieldNumber, WireFormat.WireType.LengthDelimited)) return this;
        _length = ReadLength(ref message);
        message.UnreadSequence.CopyTo(_buffer);
        if (message.Remaining != _length) throw new InvalidDataException($"A chunk of {message.Remaining} bytes says that it has {_length}.");
        return this;
    }

    /// <summary>A varint: seven bits in each byte, the lowest first, and the eighth where more follow.</summary>
    private static int ReadLength(ref SequenceReader<byte> message)
    {
        var length = 0;
        for (var shift = 0; message.TryRead(out var bits); shift += 7)
        {
            length |= (bits & 0x7F) << shift;
            if (bits < 0x80) break;
        }

        return length;
    }
}
