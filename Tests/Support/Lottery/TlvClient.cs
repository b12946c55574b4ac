using System.Net;

namespace Granero.Tests.Support;

/// <summary>
/// The known TLV client: a connection for each request, one reply read from it, closed without a goodbye. After "busy" it asks
/// again at once where the known one sleeps 4 s: it is the server that holds the answer.
/// </summary>
/// <remarks>Like the known one it ends on an empty batch when its bets fill the last one.</remarks>
public sealed class TlvClient(EndPoint server, AgencyBets agency, int batch = 1000, TimeSpan? limit = null) : ILotteryClient
{
    public int Acknowledged { get; private set; }

    public async Task SendBetsAsync(CancellationToken cancellationToken = default)
    {
        int count;
        do
        {
            LotteryBet[] bets = [.. agency.Bets.Skip(Acknowledged).Take(batch)];
            await ExpectAckAsync(TlvPacket.Batch(agency.Agency, bets), cancellationToken);
            Acknowledged += count = bets.Length;
        }
        while (count == batch);
    }

    public Task DeclareReadyAsync(CancellationToken cancellationToken = default) =>
        ExpectAckAsync(TlvPacket.Ready(agency.Agency), cancellationToken);

    public async Task<string[]> WaitForWinnersAsync(CancellationToken cancellationToken = default)
    {
        TlvPacket reply;
        do
        {
            reply = await AskAsync(TlvPacket.AskWinners(agency.Agency), cancellationToken);
        }
        while (reply.Opcode == TlvOpcode.Busy);
        return reply.Documents();
    }

    /// <summary>One request and its reply, on a connection of their own.</summary>
    public async Task<TlvPacket> AskAsync(TlvPacket request, CancellationToken cancellationToken = default)
    {
        await using var connection = await RawConnection.OpenAsync(server, limit, cancellationToken);
        return await request.AskAsync(connection);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task ExpectAckAsync(TlvPacket request, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(request, cancellationToken);
        if (reply != TlvPacket.Ack) throw new UnexpectedReplyException("an ack", reply.ToString());
    }
}
