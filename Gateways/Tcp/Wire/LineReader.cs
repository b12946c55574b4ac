using System.Buffers;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>Cuts one line of text, up to and with its <c>\n</c> (protocols.md, section 1.3).</summary>
internal static class LineReader
{
    /// <returns>False while the line has no end.</returns>
    /// <exception cref="WireException">The line is longer than <paramref name="maxBytes"/>.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int maxBytes, out byte[] line)
    {
        line = [];
        var searched = buffer.Slice(0, Math.Min(buffer.Length, maxBytes));
        if (searched.PositionOf((byte)'\n') is { } end)
        {
            var whole = buffer.Slice(0, buffer.GetPosition(1, end));
            line = whole.ToArray();
            buffer = buffer.Slice(whole.End);
            return true;
        }

        return buffer.Length < maxBytes
            ? false
            : throw new WireException(Breach.FrameTooLong, "A line of text is longer than the limit.");
    }
}
