using System.Buffers;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>Cuts lines of text, up to and with their <c>\n</c> (protocols.md, section 1.3). Remembers how far it has looked for the end of one.</summary>
/// <param name="maxBytes">With its end; a longer line is refused.</param>
internal sealed class LineReader(int maxBytes)
{
    private long _searched;

    /// <returns>False while the line has no end.</returns>
    /// <exception cref="WireException">The line is too long.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out byte[] line)
    {
        line = [];
        var within = Math.Min(buffer.Length, maxBytes);
        if (buffer.Slice(_searched, within - _searched).PositionOf((byte)'\n') is { } end)
        {
            var whole = buffer.Slice(0, buffer.GetPosition(1, end));
            line = whole.ToArray();
            buffer = buffer.Slice(whole.End);
            _searched = 0;
            return true;
        }

        _searched = within;
        return buffer.Length < maxBytes
            ? false
            : throw new WireException(Breach.FrameTooLong, "A line of text is longer than the limit.");
    }
}
