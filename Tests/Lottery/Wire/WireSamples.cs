using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Granero.Gateways.Tcp.Lottery;
using Granero.Lottery;

namespace Granero.Tests.Lottery.Wire;

/// <summary>Writes what clients send, and cuts it as networks do.</summary>
internal static class WireSamples
{
    public const string Bet = "1#Ana#Pérez#30904465#1999-03-17#7574#";

    /// <summary>Each sample of protocols.md, section 1.1, that a client sends.</summary>
    public static IReadOnlyList<(LotteryOpcode Opcode, string Value)> TlvRequests { get; } =
    [
        (LotteryOpcode.RegisterBet, Bet),
        (LotteryOpcode.RegisterBatch, "0#"),
        (LotteryOpcode.RegisterBatch, $"1#@0#{Bet}"),
        (LotteryOpcode.RegisterBatch, $"2#@0#{Bet}@1#1#José#Núñez#22222222#2000-02-29#0#"),
        (LotteryOpcode.AgencyReady, "5#"),
        (LotteryOpcode.AskWinners, "5#"),
        (LotteryOpcode.Close, ""),
        (LotteryOpcode.Corrupted, ""),
        (LotteryOpcode.Winners, "30876370#"),
        ((LotteryOpcode)0x42, "whatever"),
    ];

    /// <summary>Each sample of section 1.2 that a client sends.</summary>
    public static IReadOnlyList<string> DelimitedPayloads { get; } =
    [
        "1|Ana|Pérez|30904465|1999-03-17|7574\n",
        "1|José|Núñez|22222222|2000-02-29|0\r\n",
        "1|Ana|Pérez|30904465|1999-03-17|7574",
        "EOF\n",
    ];

    public static byte[] Tlv(LotteryOpcode opcode, string value = "") => Tlv(opcode, Encoding.UTF8.GetBytes(value));

    public static byte[] Tlv(LotteryOpcode opcode, byte[] value) => [.. TlvHeader(opcode, (uint)value.Length), .. value];

    public static byte[] TlvHeader(LotteryOpcode opcode, uint length)
    {
        var header = new byte[5];
        header[0] = (byte)opcode;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), length);
        return header;
    }

    public static byte[] Delimited(string payload) => Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(payload)}|{payload}");

    public static string Batch(int agency, int bets) =>
        $"{bets}#" + string.Concat(Enumerable.Range(0, bets).Select(i => $"@{i}#{agency}#Name{i}#Ñandú#{10_000_000 + i}#1990-01-{(i % 28) + 1:00}#{i}#"));

    /// <summary>The bytes in segments that end at the given places.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, params int[] places)
    {
        var first = new Segment(bytes[..(places.Length == 0 ? bytes.Length : places[0])], 0);
        var last = first;
        for (var i = 0; i < places.Length; i++)
        {
            var end = i + 1 < places.Length ? places[i + 1] : bytes.Length;
            last = last.Append(bytes[places[i]..end]);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public static ReadOnlySequence<byte> CutEverywhere(ReadOnlyMemory<byte> bytes) =>
        Cut(bytes, [.. Enumerable.Range(1, bytes.Length - 1)]);

    /// <summary>All that a batch holds, in words that can be compared; its id is its own.</summary>
    public static string Describe(BetBatch? batch) => batch is null
        ? "nothing"
        : string.Join('\n', Enumerable.Range(0, batch.Numbers.Length).Select(i =>
            $"{batch.FirstNames[i]}|{batch.LastNames[i]}|{batch.Documents[i]}|{batch.Birthdates[i]:yyyy-MM-dd}|{batch.Numbers[i]}"));

    public static string Describe(TlvRequest request) =>
        $"{request.Opcode} {request.Fault} agency {request.Agency} bets {request.Bets}: {Describe(request.Batch)}";

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
