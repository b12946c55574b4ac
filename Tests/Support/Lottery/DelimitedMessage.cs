using System.Globalization;
using System.Text;

namespace Granero.Tests.Support;

/// <summary>A message of the delimited protocol: <c>length|payload</c>, the length in decimal ASCII and in bytes of UTF-8.</summary>
/// <remarks>Source: the lottery's delimited clients. A bet that ends in a line feed belongs to a batch.</remarks>
public static class DelimitedMessage
{
    public const string Ack = "ACK";
    public const string Eof = "EOF\n";
    public const string Winners = "WINNERS";
    public const string WinnersEof = "WINNERS_EOF\n";

    /// <summary>A bet that is acknowledged alone.</summary>
    public static string SingleBet(int agency, LotteryBet bet) => bet.Join(agency, '|');

    /// <summary>A bet that is acknowledged with the others of its batch.</summary>
    public static string BatchBet(int agency, LotteryBet bet) => bet.Join(agency, '|') + '\n';

    public static byte[] ToBytes(string payload) =>
        Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(payload)}|{payload}");

    public static async Task<string> ReadAsync(RawConnection connection)
    {
        var header = await connection.ReadThroughAsync((byte)'|');
        var length = int.Parse(header.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetString(await connection.ReadAsync(length));
    }

    /// <summary>Sends a message, without waiting for anything.</summary>
    public static Task SendAsync(RawConnection connection, string payload) => connection.SendAsync(ToBytes(payload));
}
