using System.Buffers;
using System.Globalization;
using System.Text;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>Writes delimited messages, <c>length|payload</c> (protocols.md, section 1.2).</summary>
internal static class DelimitedWriter
{
    public static void Write(IBufferWriter<byte> output, string payload)
    {
        var header = output.GetSpan(DelimitedReader.MaxHeaderBytes);
        Encoding.UTF8.GetByteCount(payload).TryFormat(header, out var digits, provider: CultureInfo.InvariantCulture);
        header[digits] = (byte)'|';
        output.Advance(digits + 1);
        Encoding.UTF8.GetBytes(payload, output);
    }
}
