using System.Buffers;
using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Answers one line of text with the same bytes (protocols.md, section 1.3); the courses check a server's life with it.</summary>
/// <param name="connection">Whose first bytes are text.</param>
/// <param name="maxLineBytes">With its line end; a longer line is refused.</param>
internal sealed class EchoSession(FramedConnection connection, int maxLineBytes)
{
    private readonly LineReader _lines = new(maxLineBytes);

    public async Task RunAsync()
    {
        if (await connection.ReadAsync<Line>(TryRead) is { } line)
        {
            connection.Output.Write(line.Bytes);
            await connection.FlushAsync();
        }
    }

    private bool TryRead(ref ReadOnlySequence<byte> buffer, out Line line)
    {
        var isWhole = _lines.TryRead(ref buffer, out var bytes);
        line = new Line(bytes);
        return isWhole;
    }

    private readonly record struct Line(byte[] Bytes);
}
