using Granero.Tests.Support;

namespace Granero.Bench.Lottery;

/// <summary>What the bench needs to know of a protocol.</summary>
internal abstract class LotteryProtocol(string name)
{
    public string Name => name;

    /// <summary>The bytes that acknowledge a batch.</summary>
    public abstract byte[] Ack { get; }

    /// <summary>Whether a batch that is not full gets an ack of its own.</summary>
    public abstract bool AcknowledgesShortBatch { get; }

    public abstract byte[] ToBytes(int agency, LotteryBet[] bets);

    /// <summary>Says that all bets have been sent, and returns when the server has taken note.</summary>
    public abstract Task DeclareReadyAsync(RawConnection connection, int agency, byte[] unacknowledged);

    public abstract Task<string[]> WaitForWinnersAsync(RawConnection connection, int agency);
}

internal sealed class TlvProtocol() : LotteryProtocol("TLV")
{
    public override byte[] Ack { get; } = TlvPacket.Ack.ToBytes();

    public override bool AcknowledgesShortBatch => true;

    public override byte[] ToBytes(int agency, LotteryBet[] bets) => TlvPacket.Batch(agency, bets).ToBytes();

    public override async Task DeclareReadyAsync(RawConnection connection, int agency, byte[] unacknowledged)
    {
        var reply = await TlvPacket.Ready(agency).AskAsync(connection);
        if (reply != TlvPacket.Ack) throw new BenchException($"Agency {agency} could not declare itself ready: {reply}.");
    }

    public override async Task<string[]> WaitForWinnersAsync(RawConnection connection, int agency)
    {
        TlvPacket reply;
        do reply = await TlvPacket.AskWinners(agency).AskAsync(connection);
        while (reply.Opcode == TlvOpcode.Busy);
        return reply.Documents();
    }
}

internal sealed class DelimitedProtocol() : LotteryProtocol("delimited")
{
    public override byte[] Ack { get; } = DelimitedMessage.ToBytes(DelimitedMessage.Ack);

    public override bool AcknowledgesShortBatch => false;

    public override byte[] ToBytes(int agency, LotteryBet[] bets) =>
        [.. bets.SelectMany(bet => DelimitedMessage.ToBytes(DelimitedMessage.BatchBet(agency, bet)))];

    public override async Task DeclareReadyAsync(RawConnection connection, int agency, byte[] unacknowledged)
    {
        await connection.SendAsync((byte[])[.. unacknowledged, .. DelimitedMessage.ToBytes(DelimitedMessage.Eof)]);
        await ExpectAsync(connection, DelimitedMessage.Ack);
    }

    public override async Task<string[]> WaitForWinnersAsync(RawConnection connection, int agency)
    {
        var winners = new List<string>();
        await ExpectAsync(connection, DelimitedMessage.Winners);
        while (await DelimitedMessage.ReadAsync(connection) is var payload && payload != DelimitedMessage.WinnersEof) winners.Add(payload);
        return [.. winners];
    }

    private static async Task ExpectAsync(RawConnection connection, string expected)
    {
        var payload = await DelimitedMessage.ReadAsync(connection);
        if (payload != expected) throw new BenchException($"The gateway was to say '{expected}' and said '{payload}'.");
    }
}
