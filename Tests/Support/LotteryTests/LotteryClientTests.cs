using System.Text;
using Xunit;

namespace Granero.Tests.Support;

public sealed class LotteryClientTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;
    private static readonly AgencyBets Agency = LotteryDataSet.Make(agencies: 1, bets: 80).Agencies[0];

    [Fact]
    public void A_bet_is_the_packet_of_the_contract()
    {
        var bet = new LotteryBet("Ana", "Pérez", "30904465", new DateOnly(1999, 3, 17), 7574);

        Assert.Equal([1, 0, 0, 0, 0x26, .. "1#Ana#Pérez#30904465#1999-03-17#7574#"u8], TlvPacket.Bet(1, bet).ToBytes());
        Assert.Equal("2#@0#1#Ana#Pérez#30904465#1999-03-17#7574#@1#1#Ana#Pérez#30904465#1999-03-17#7574#", TlvPacket.Batch(1, [bet, bet]).Text);
        Assert.Equal("38|1|Ana|Pérez|30904465|1999-03-17|7574\n", Encoding.UTF8.GetString(DelimitedMessage.ToBytes(DelimitedMessage.BatchBet(1, bet))));
    }

    [Fact]
    public void An_empty_value_is_no_list_of_winners()
    {
        Assert.Empty(new TlvPacket(TlvOpcode.Winners, "#").Documents());
        Assert.Equal(["1", "2"], new TlvPacket(TlvOpcode.Winners, "1#2#").Documents());
        Assert.Throws<FormatException>(() => new TlvPacket(TlvOpcode.Winners).Documents());
    }

    [Fact]
    public async Task The_known_tlv_client_takes_a_connection_for_each_request_and_ends_on_an_empty_batch()
    {
        var requests = new List<TlvPacket>();
        await using var server = new ScriptedServer(
            async connection =>
            {
                requests.Add(await TlvPacket.ReadAsync(connection));
                await connection.SendAsync(Reply(requests).ToBytes(), segment: 1);
                Assert.Empty(await connection.ReadToEndAsync());
            },
            Cancelled);
        await using ILotteryClient client = new TlvClient(server.EndPoint, Agency, batch: 40);

        Assert.Equal(Agency.Winners(), await client.PlayAsync(Cancelled));

        TlvPacket[] expected =
        [
            TlvPacket.Batch(1, [.. Agency.Bets.Take(40)]), TlvPacket.Batch(1, [.. Agency.Bets.Skip(40)]), new(TlvOpcode.Batch, "0#"),
            TlvPacket.Ready(1), TlvPacket.AskWinners(1), TlvPacket.AskWinners(1),
        ];
        Assert.Equal(expected, requests);
        Assert.Equal(expected.Length, server.Connections);

        static TlvPacket Reply(List<TlvPacket> requests) => requests[^1].Opcode switch
        {
            TlvOpcode.AskWinners when requests[^2].Opcode == TlvOpcode.Ready => new(TlvOpcode.Busy),
            TlvOpcode.AskWinners => new(TlvOpcode.Winners, string.Concat(Agency.Winners().Select(document => document + '#'))),
            _ => TlvPacket.Ack,
        };
    }

    [Fact]
    public async Task The_delimited_client_waits_for_its_ack_after_every_nth_bet_and_after_eof()
    {
        await using var server = new ScriptedServer(
            async connection =>
            {
                foreach (var bets in Agency.Bets.Chunk(30))
                {
                    foreach (var bet in bets) Assert.Equal(DelimitedMessage.BatchBet(1, bet), await DelimitedMessage.ReadAsync(connection));
                    if (bets.Length < 30) Assert.Equal(DelimitedMessage.Eof, await DelimitedMessage.ReadAsync(connection));
                    await DelimitedMessage.SendAsync(connection, DelimitedMessage.Ack);
                }
                await DelimitedMessage.SendAsync(connection, DelimitedMessage.Winners);
                foreach (var document in Agency.Winners()) await DelimitedMessage.SendAsync(connection, document);
                await DelimitedMessage.SendAsync(connection, DelimitedMessage.WinnersEof);
            },
            Cancelled);
        await using ILotteryClient client = new DelimitedClient(server.EndPoint, Agency, ackEvery: 30);

        Assert.Equal(Agency.Winners(), await client.PlayAsync(Cancelled));
        Assert.Equal(80, client.Acknowledged);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_a_timeout()
    {
        await using var server = new ScriptedServer(connection => connection.ReadToEndAsync(), Cancelled);
        await using var connection = await RawConnection.OpenAsync(server.EndPoint, TimeSpan.FromMilliseconds(50), Cancelled);

        await Assert.ThrowsAsync<TimeoutException>(() => connection.ReadAsync(1));
    }
}
