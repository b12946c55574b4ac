using System.Net;
using Granero.Tests.Support;

namespace Granero.Tests.Faults.Load;

/// <summary>As the known TLV client: a connection for each request. But it sends again what was not acknowledged.</summary>
internal sealed class TlvPlayer(LoadSetting setting, Journal journal, int agency) : AgencyPlayer(setting, journal, agency, Name, Batch)
{
    public const string Name = "lottery, TLV";

    private const int Batch = 100;

    public override int BetsInRound => 30 * Batch;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override async Task PlaceAsync(LotteryBet[] bets, int round, int from)
    {
        await CallAsync(server => ExpectAckAsync(server, TlvPacket.Batch(Agency, bets)));
        WriteDown(round, from, bets.Length);
    }

    protected override async Task FinishAsync(LotteryBet[] bets, int round)
    {
        await CallAsync(server => ExpectAckAsync(server, TlvPacket.Ready(Agency)));
        WriteDown(round, await WaitForWinnersAsync(AskWinnersAsync));
    }

    private async Task<string[]> AskWinnersAsync(IPEndPoint server)
    {
        var reply = await AskAsync(server, TlvPacket.AskWinners(Agency));
        while (reply.Opcode == TlvOpcode.Busy)
            reply = await AskAsync(server, TlvPacket.AskWinners(Agency));
        return reply.Opcode == TlvOpcode.Winners ? reply.Documents() : throw new UnexpectedReplyException("the winners", reply.ToString());
    }

    private static async Task ExpectAckAsync(IPEndPoint server, TlvPacket request)
    {
        var reply = await AskAsync(server, request);
        if (reply != TlvPacket.Ack)
            throw new UnexpectedReplyException("an ack", reply.ToString());
    }

    private static async Task<TlvPacket> AskAsync(IPEndPoint server, TlvPacket request)
    {
        await using var connection = await RawConnection.OpenAsync(server);
        return await request.AskAsync(connection);
    }
}
