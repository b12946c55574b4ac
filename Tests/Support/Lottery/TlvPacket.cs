using System.Buffers.Binary;
using System.Text;

namespace Granero.Tests.Support;

/// <summary>What the first byte of a TLV packet says.</summary>
public enum TlvOpcode : byte
{
    Close = 0,
    Bet = 1,
    Ack = 2,
    Batch = 3,
    Error = 4,
    Ready = 5,
    AskWinners = 6,
    Winners = 7,
    Busy = 8,
    Corrupted = 0xFF,
}

/// <summary>A TLV packet: opcode (1 byte), length of the value in bytes (4, unsigned, big-endian), value in UTF-8.</summary>
/// <remarks>Source: the lottery's TLV clients. A list is each item followed by <c>#</c>.</remarks>
public readonly record struct TlvPacket(TlvOpcode Opcode, string Text = "")
{
    /// <summary>Bytes before the value.</summary>
    public const int HeaderSize = 5;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static TlvPacket Ack => new(TlvOpcode.Ack);

    public static TlvPacket Bet(int agency, LotteryBet bet) => new(TlvOpcode.Bet, bet.Join(agency, '#') + '#');

    public static TlvPacket Batch(int agency, IReadOnlyCollection<LotteryBet> bets) =>
        new(TlvOpcode.Batch, $"{bets.Count}#" + string.Concat(bets.Select((bet, i) => $"@{i}#{bet.Join(agency, '#')}#")));

    public static TlvPacket Ready(int agency) => new(TlvOpcode.Ready, $"{agency}#");

    public static TlvPacket AskWinners(int agency) => new(TlvOpcode.AskWinners, $"{agency}#");

    /// <summary>The documents of a packet of winners. No winners is the single character <c>#</c>, never an empty value.</summary>
    /// <exception cref="FormatException">The packet is another one, or its value is no list.</exception>
    public string[] Documents() => (Opcode, Text) switch
    {
        (TlvOpcode.Winners, "#") => [],
        (TlvOpcode.Winners, [.., '#']) => Text[..^1].Split('#'),
        _ => throw new FormatException($"This is no list of winners: {this}."),
    };

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderSize + StrictUtf8.GetByteCount(Text)];
        bytes[0] = (byte)Opcode;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)(bytes.Length - HeaderSize));
        StrictUtf8.GetBytes(Text, bytes.AsSpan(HeaderSize));
        return bytes;
    }

    public static async Task<TlvPacket> ReadAsync(RawConnection connection)
    {
        var header = await connection.ReadAsync(HeaderSize);
        var value = await connection.ReadAsync(checked((int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))));
        return new TlvPacket((TlvOpcode)header[0], StrictUtf8.GetString(value));
    }

    /// <summary>Sends this packet and reads the reply to it.</summary>
    public async Task<TlvPacket> AskAsync(RawConnection connection)
    {
        await connection.SendAsync(ToBytes());
        return await ReadAsync(connection);
    }
}
