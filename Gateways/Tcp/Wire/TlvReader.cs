using System.Buffers;
using System.Buffers.Binary;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>One TLV packet (protocols.md, section 1.1).</summary>
/// <param name="Opcode">The first byte.</param>
/// <param name="Length">Bytes of the value, as the header says.</param>
/// <param name="Value">The value; empty when the frame is oversized, for then it is not read.</param>
/// <param name="IsOversized">The length is above the limit: nothing behind this header can be found again.</param>
internal readonly record struct TlvFrame(byte Opcode, uint Length, ReadOnlySequence<byte> Value, bool IsOversized);

/// <summary>Cuts TLV packets: opcode, 1 byte; length, 4 bytes, unsigned, big-endian; value.</summary>
internal static class TlvReader
{
    public const int HeaderBytes = 5;

    /// <summary>Cuts one packet off the front of the buffer. The length is judged before anything waits for its bytes.</summary>
    /// <returns>False while the packet is not whole; then the buffer is as it was.</returns>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int maxValueBytes, out TlvFrame frame)
    {
        frame = default;
        if (buffer.Length < HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)maxValueBytes)
        {
            frame = new TlvFrame(header[0], length, default, IsOversized: true);
            buffer = buffer.Slice(HeaderBytes);
            return true;
        }

        if (buffer.Length - HeaderBytes < length)
        {
            return false;
        }

        frame = new TlvFrame(header[0], length, buffer.Slice(HeaderBytes, length), IsOversized: false);
        buffer = buffer.Slice(frame.Value.End);
        return true;
    }
}
