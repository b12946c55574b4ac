using System.Buffers;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>The protocols that share the port.</summary>
internal enum WireProtocol
{
    Tlv,
    Delimited,
    Line,
}

/// <summary>Tells from a connection's first bytes which protocol it speaks (protocols.md, section 1). Consumes nothing.</summary>
internal static class ProtocolDetector
{
    private const byte LastTlvOpcode = 0x08;
    private const byte CorruptedTlvOpcode = 0xFF;

    /// <returns>False while more bytes are needed.</returns>
    /// <exception cref="WireException">The first byte belongs to none of the protocols.</exception>
    public static bool TryDetect(ref ReadOnlySequence<byte> buffer, out WireProtocol protocol)
    {
        protocol = WireProtocol.Tlv;
        if (buffer.IsEmpty)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[(int)Math.Min(DelimitedReader.MaxHeaderBytes, buffer.Length)];
        buffer.Slice(0, head.Length).CopyTo(head);
        return head[0] switch
        {
            <= LastTlvOpcode or CorruptedTlvOpcode => true,
            >= (byte)'0' and <= (byte)'9' => TryTellDelimitedFromText(head, out protocol),
            _ => IsText(head[0], out protocol),
        };
    }

    private static bool TryTellDelimitedFromText(ReadOnlySpan<byte> head, out WireProtocol protocol)
    {
        var digits = head.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        protocol = digits >= 0 && head[digits] == (byte)'|' ? WireProtocol.Delimited : WireProtocol.Line;
        return digits >= 0 || head.Length == DelimitedReader.MaxHeaderBytes;
    }

    /// <summary>Text starts with a printable character, in UTF-8, or with white space.</summary>
    private static bool IsText(byte first, out WireProtocol protocol)
    {
        protocol = WireProtocol.Line;
        return first is (>= 0x20 and < 0x7F) or (byte)'\t' or (byte)'\n' or (byte)'\r' or (>= 0xC2 and <= 0xF4)
            ? true
            : throw new WireException(Breach.UnknownProtocol, "The first byte belongs to no protocol of this port.");
    }
}
