using Granero.Gateways.Tcp.Wire;
using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>What a TLV client asks for, copied out of its packet.</summary>
/// <param name="Opcode">As it was sent; may be one that no client may send.</param>
/// <param name="Fault">What is wrong with the value; the rest is empty then.</param>
/// <param name="Agency">Whom it is about; 0 when nobody.</param>
/// <param name="Bets">How many bets the value says it has.</param>
/// <param name="Batch">The bets; null when there are none.</param>
internal readonly record struct TlvRequest(LotteryOpcode Opcode, BetFault Fault = BetFault.None, int Agency = 0, int Bets = 0, BetBatch? Batch = null);

/// <summary>From TLV packets to requests (protocols.md, section 1.1).</summary>
internal static class TlvCodec
{
    private const byte End = TlvWriter.ItemEnd;

    private static int MinBytesOfBet => "@0#1###1#1999-03-17#0#"u8.Length;

    public static TlvRequest Read(in TlvFrame frame)
    {
        var opcode = (LotteryOpcode)frame.Opcode;
        if (frame.IsOversized)
        {
            return new TlvRequest(opcode, BetFault.TooLong);
        }

        if (opcode is not (LotteryOpcode.RegisterBet or LotteryOpcode.RegisterBatch or LotteryOpcode.AgencyReady or LotteryOpcode.AskWinners))
        {
            return new TlvRequest(opcode);
        }

        using var value = new FrameBytes(frame.Value);
        return opcode switch
        {
            LotteryOpcode.RegisterBet => ReadBet(value.Span),
            LotteryOpcode.RegisterBatch => ReadBatch(value.Span),
            _ => ReadAgency(opcode, value.Span),
        };
    }

    /// <summary><c>agency#</c></summary>
    private static TlvRequest ReadAgency(LotteryOpcode opcode, ReadOnlySpan<byte> value) =>
        FieldParser.TryCut(ref value, End, out var field) && value.IsEmpty && FieldParser.TryParseInteger(field, out var agency) && agency > 0
            ? new TlvRequest(opcode, Agency: agency)
            : new TlvRequest(opcode, BetFault.Agency);

    /// <summary><c>agency#first#last#document#birthdate#number#</c></summary>
    private static TlvRequest ReadBet(ReadOnlySpan<byte> value)
    {
        var bet = new BetColumns(capacity: 1);
        var fault = FieldParser.IsText(value) ? bet.Add(ref value, End) : BetFault.NotText;
        if (fault == BetFault.None && !value.IsEmpty)
        {
            fault = BetFault.FieldCount;
        }

        return Request(LotteryOpcode.RegisterBet, fault, 1, bet);
    }

    /// <summary><c>n#</c>, then n times <c>@i#</c> and the six fields, i from 0 on.</summary>
    private static TlvRequest ReadBatch(ReadOnlySpan<byte> value)
    {
        if (!FieldParser.TryCut(ref value, End, out var field) || !FieldParser.TryParseInteger(field, out var count))
        {
            return new TlvRequest(LotteryOpcode.RegisterBatch, BetFault.BatchCount);
        }

        // Judged before room is made for so many.
        if (count > value.Length / MinBytesOfBet)
        {
            return new TlvRequest(LotteryOpcode.RegisterBatch, BetFault.BatchCount, Bets: count);
        }

        var bets = new BetColumns(count);
        var fault = FieldParser.IsText(value) ? ReadBets(value, count, bets) : BetFault.NotText;
        return Request(LotteryOpcode.RegisterBatch, fault, count, bets);
    }

    private static BetFault ReadBets(ReadOnlySpan<byte> value, int count, BetColumns bets)
    {
        for (var i = 0; i < count; i++)
        {
            if (!FieldParser.TryCut(ref value, End, out var index) || !IsIndex(index, i))
            {
                return BetFault.Index;
            }

            if (bets.Add(ref value, End) is not BetFault.None and var fault)
            {
                return fault;
            }
        }

        return value.IsEmpty ? BetFault.None : BetFault.BatchCount;
    }

    private static bool IsIndex(ReadOnlySpan<byte> field, int expected) =>
        !field.IsEmpty && field[0] == (byte)'@' && FieldParser.TryParseInteger(field[1..], out var index) && index == expected;

    private static TlvRequest Request(LotteryOpcode opcode, BetFault fault, int count, BetColumns bets) =>
        fault == BetFault.None && count > 0
            ? new TlvRequest(opcode, fault, bets.Agency, count, bets.ToBatch())
            : new TlvRequest(opcode, fault, Bets: count);
}
