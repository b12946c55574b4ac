using System.Net;

namespace Granero.Tests.Support;

/// <summary>A TLV client that keeps its connection and sends all its batches without waiting for the acks between them.</summary>
public sealed class PipeliningTlvClient(EndPoint server, AgencyBets agency, int batch = 1000, TimeSpan? limit = null) : ILotteryClient
{
    private readonly KeptConnection kept = new(server, limit);

    public int Acknowledged { get; private set; }

    public Task SendBetsAsync(CancellationToken cancellationToken = default) => kept.UseAsync(
        async connection =>
        {
            LotteryBet[][] batches = [.. agency.Bets.Skip(Acknowledged).Chunk(batch)];
            var sending = SendAsync(connection, batches);
            // The reader fails as soon as the server closes, and ends the sending with it: this connection is not used again.
            await ReadAcksAsync(connection, batches);
            await sending;
        },
        cancellationToken);

    public Task DeclareReadyAsync(CancellationToken cancellationToken = default) => kept.UseAsync(
        async connection => ExpectAck(await TlvPacket.Ready(agency.Agency).AskAsync(connection)),
        cancellationToken);

    public async Task<string[]> WaitForWinnersAsync(CancellationToken cancellationToken = default)
    {
        TlvPacket reply = default;
        await kept.UseAsync(
            async connection =>
            {
                do reply = await TlvPacket.AskWinners(agency.Agency).AskAsync(connection);
                while (reply.Opcode == TlvOpcode.Busy);
            },
            cancellationToken);
        return reply.Documents();
    }

    /// <summary>Says goodbye with opcode 0.</summary>
    public ValueTask DisposeAsync() => kept.LeaveAsync(new TlvPacket(TlvOpcode.Close).ToBytes());

    private static void ExpectAck(TlvPacket reply)
    {
        if (reply != TlvPacket.Ack) throw new UnexpectedReplyException("an ack", reply.ToString());
    }

    private async Task SendAsync(RawConnection connection, LotteryBet[][] batches)
    {
        foreach (var bets in batches) await connection.SendAsync(TlvPacket.Batch(agency.Agency, bets).ToBytes());
    }

    private async Task ReadAcksAsync(RawConnection connection, LotteryBet[][] batches)
    {
        foreach (var bets in batches)
        {
            ExpectAck(await TlvPacket.ReadAsync(connection));
            Acknowledged += bets.Length;
        }
    }
}
