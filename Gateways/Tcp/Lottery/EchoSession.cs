using System.Buffers;
using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Answers one line of text with the same bytes (protocols.md, section 1.3); the courses check a server's life with it.</summary>
internal static class EchoSession
{
    /// <summary>With its line end; a longer line is refused.</summary>
    public const int MaxLineBytes = 8192;

    public static async Task RunAsync(FramedConnection connection)
    {
        if (await connection.ReadAsync<Line>(TryRead) is { } line)
        {
            connection.Output.Write(line.Bytes);
            await connection.FlushAsync();
        }
    }

    private static bool TryRead(ref ReadOnlySequence<byte> buffer, out Line line)
    {
        var isWhole = LineReader.TryRead(ref buffer, MaxLineBytes, out var bytes);
        line = new Line(bytes);
        return isWhole;
    }

    private readonly record struct Line(byte[] Bytes);
}
