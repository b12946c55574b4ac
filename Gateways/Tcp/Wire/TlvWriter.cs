using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>Writes TLV packets (protocols.md, section 1.1).</summary>
internal static class TlvWriter
{
    /// <summary>Ends each item of a list value.</summary>
    public const byte ItemEnd = (byte)'#';

    public static void WriteEmpty(IBufferWriter<byte> output, byte opcode) => WriteHeader(output, opcode, 0);

    public static void WriteText(IBufferWriter<byte> output, byte opcode, string text)
    {
        WriteHeader(output, opcode, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, output);
    }

    /// <summary>Each item followed by <c>#</c>; an empty list is a single <c>#</c>, for the known client fails on an empty value.</summary>
    public static void WriteList(IBufferWriter<byte> output, byte opcode, IReadOnlyCollection<string> items)
    {
        WriteHeader(output, opcode, Math.Max(1, items.Sum(item => Encoding.UTF8.GetByteCount(item) + 1)));
        foreach (var item in items)
        {
            Encoding.UTF8.GetBytes(item, output);
            output.Write([ItemEnd]);
        }

        if (items.Count == 0)
        {
            output.Write([ItemEnd]);
        }
    }

    private static void WriteHeader(IBufferWriter<byte> output, byte opcode, int length)
    {
        var header = output.GetSpan(TlvReader.HeaderBytes);
        header[0] = opcode;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
        output.Advance(TlvReader.HeaderBytes);
    }
}
