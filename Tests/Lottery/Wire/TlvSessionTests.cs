using Granero.Gateways.Tcp.Lottery;
using Granero.Gateways.Tcp.Wire;
using Granero.Lottery;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class TlvSessionTests : IAsyncDisposable
{
    private const string BetRefused = "Error al procesar la apuesta enviada";
    private const string BatchRefused = "Error al procesar el batch enviado";

    private readonly GatewayFixture _gateway = new(limits: tcp => tcp.MaxFrameBytes = 1 << 20);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_bet_is_acknowledged_and_logged_for_the_graders()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBet, WireSamples.Bet);
        Assert.Equal([2, 0, 0, 0, 0], await peer.ReceiveAsync(5));
        var (agency, batch) = Assert.Single(_gateway.Cluster.Placed);
        Assert.Equal((1, "Ana|Pérez|30904465|1999-03-17|7574"), (agency, WireSamples.Describe(batch)));
        Assert.Contains((LogLevel.Information, "action: apuesta_almacenada | result: success | dni: 30904465 | numero: 7574"), _gateway.Log.Lines);
    }

    [Fact]
    public async Task A_batch_is_acknowledged_and_logged_in_one_line()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBatch, WireSamples.Batch(agency: 3, bets: 1000));
        Assert.Equal((LotteryOpcode.Ack, ""), await peer.ReceiveTlvAsync());
        Assert.Equal(1000, Assert.Single(_gateway.Cluster.Placed).Batch.Numbers.Length);
        Assert.Equal((LogLevel.Information, "action: apuesta_recibida | result: success | cantidad: 1000"), Assert.Single(_gateway.Log.Lines, line => line.Text.StartsWith("action", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_empty_batch_is_acknowledged_without_a_call()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBatch, "0#");
        Assert.Equal((LotteryOpcode.Ack, ""), await peer.ReceiveTlvAsync());
        Assert.Empty(_gateway.Cluster.Calls);
    }

    [Fact]
    public async Task Replies_come_in_the_order_of_the_requests_one_call_at_a_time()
    {
        var calls = new Queue<TaskCompletionSource<int>>([new(), new()]);
        var gates = calls.ToArray();
        _gateway.Cluster.PlaceBets = (_, _) => calls.Dequeue().Task;
        var peer = _gateway.Connect();
        await peer.SendAsync(
            WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet),
            WireSamples.Tlv(LotteryOpcode.RegisterBatch, "1#@0#" + WireSamples.Bet),
            WireSamples.Tlv(LotteryOpcode.AgencyReady, "x#"),
            WireSamples.Tlv(LotteryOpcode.AgencyReady, "1#"));
        Assert.False(peer.HasReply());
        Assert.Single(_gateway.Cluster.Calls);

        gates[0].SetResult(1);
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.False(peer.HasReply());
        gates[1].SetException(new GraneroException(ErrorCode.AgencyIsReady, "no"));
        Assert.Equal((LotteryOpcode.Error, BatchRefused), await peer.ReceiveTlvAsync());
        Assert.Equal(LotteryOpcode.Error, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(["PlaceBets 1", "PlaceBets 1", "DeclareReady 1"], _gateway.Cluster.Calls);
    }

    [Fact]
    public async Task Requests_cut_at_every_byte_get_the_same_replies()
    {
        byte[] stream = [.. WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet), .. WireSamples.Tlv((LotteryOpcode)0x42, "?"), .. WireSamples.Tlv(LotteryOpcode.RegisterBatch, WireSamples.Batch(2, 2))];
        for (var cut = 1; cut < stream.Length; cut++)
        {
            var peer = _gateway.Connect();
            await peer.SendAsync(stream[..cut], stream[cut..]);
            Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
            Assert.Equal(LotteryOpcode.Error, (await peer.ReceiveTlvAsync()).Opcode);
            Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
            peer.Close();
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Theory]
    [MemberData(nameof(TlvCodecTests.WrongBets), MemberType = typeof(TlvCodecTests))]
    public async Task A_wrong_bet_is_answered_and_the_next_request_works(string value, string fault)
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.Tlv(LotteryOpcode.RegisterBet, value), WireSamples.Tlv(LotteryOpcode.RegisterBatch, $"1#@0#{value}"), WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet));
        Assert.Equal((LotteryOpcode.Error, BetRefused), await peer.ReceiveTlvAsync());
        Assert.Equal((LotteryOpcode.Error, BatchRefused), await peer.ReceiveTlvAsync());
        Assert.Equal((LotteryOpcode.Ack, ""), await peer.ReceiveTlvAsync());
        Assert.Single(_gateway.Cluster.Placed);
        Assert.Contains(_gateway.Log.Lines, line => line.Text.StartsWith($"action: apuesta_recibida | result: fail | cantidad: 1 | reason: {fault}", StringComparison.Ordinal));
        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Level > LogLevel.Debug && line.Text.Contains("Pérez", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LotteryOpcode.Ack)]
    [InlineData(LotteryOpcode.Error)]
    [InlineData(LotteryOpcode.Winners)]
    [InlineData(LotteryOpcode.Busy)]
    [InlineData((LotteryOpcode)0x09)]
    [InlineData((LotteryOpcode)'A')]
    [InlineData((LotteryOpcode)0xFE)]
    internal async Task An_opcode_that_no_client_sends_is_answered_with_a_sentence_and_its_value_skipped(LotteryOpcode opcode)
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet), WireSamples.Tlv(opcode, WireSamples.Batch(1, 500)), WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet));
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        var (reply, sentence) = await peer.ReceiveTlvAsync();
        Assert.Equal(LotteryOpcode.Error, reply);
        Assert.NotEmpty(sentence);
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(2, _gateway.Cluster.Placed.Count);
    }

    [Fact]
    public async Task Corrupted_is_answered_in_kind_and_closes()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.Tlv(LotteryOpcode.Corrupted), WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet));
        Assert.Equal([0xFF, 0, 0, 0, 0], await peer.ReceiveToEndAsync());
        Assert.Empty(_gateway.Cluster.Calls);
    }

    [Fact]
    public async Task Close_closes_without_a_word()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.Close);
        Assert.Empty(await peer.ReceiveToEndAsync());
    }

    [Theory]
    [InlineData(LotteryOpcode.RegisterBatch, 0x80000000, BatchRefused)]
    [InlineData(LotteryOpcode.RegisterBatch, uint.MaxValue, BatchRefused)]
    [InlineData(LotteryOpcode.RegisterBet, (1 << 20) + 1, BetRefused)]
    internal async Task A_packet_above_the_limit_is_answered_and_ends_the_connection(LotteryOpcode opcode, uint length, string sentence)
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.TlvHeader(opcode, length), new byte[100_000]);
        Assert.Equal((LotteryOpcode.Error, sentence), await peer.ReceiveTlvAsync());
        peer.Close();
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Contains(nameof(Breach.FrameTooLong), Assert.Single(_gateway.Log.Lines, line => line.Level > LogLevel.Debug).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_peer_that_goes_on_sending_is_cut_off_soon()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.TlvHeader(LotteryOpcode.RegisterBatch, uint.MaxValue));
        Assert.Equal(LotteryOpcode.Error, (await peer.ReceiveTlvAsync()).Opcode);
        await peer.SendAsync(new byte[1000]);
        Assert.False(peer.Served.IsCompleted);
        _gateway.Time.Advance(TimeSpan.FromSeconds(2));
        peer.Heartbeat();
        Assert.Empty(await peer.ReceiveToEndAsync());
    }

    [Fact]
    public async Task A_connection_that_ends_inside_a_packet_is_logged_once_and_stores_nothing()
    {
        var packet = WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet);
        for (var received = 1; received < packet.Length; received++)
        {
            await using var gateway = new GatewayFixture();
            var peer = gateway.Connect();
            await peer.SendAsync(packet[..received]);
            peer.Close();
            Assert.Empty(await peer.ReceiveToEndAsync());
            Assert.Empty(gateway.Cluster.Calls);
            Assert.Single(gateway.Log.Lines, line => line.Text.Contains(nameof(Breach.CutFrame), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_was_sent_before_the_client_closed_its_side_is_answered()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet), WireSamples.Tlv(LotteryOpcode.AgencyReady, "1#"));
        peer.Close();
        Assert.Equal([2, 0, 0, 0, 0, 2, 0, 0, 0, 0], await peer.ReceiveToEndAsync());
    }

    [Fact]
    public async Task Peers_that_leave_are_not_worth_a_line()
    {
        var silent = _gateway.Connect();
        silent.Close();
        await silent.ReceiveToEndAsync();

        var reset = _gateway.Connect();
        await reset.SendAsync(WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet)[..7]);
        reset.Reset();
        await reset.ReceiveToEndAsync();
        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Level > LogLevel.Debug);
    }

    [Theory]
    [InlineData("5#30904465#1#", "30904465", "1")]
    [InlineData("#")]
    internal async Task Winners_are_told_once_the_draw_is_held(string value, params string[] documents)
    {
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(1, documents));
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.AskWinners, "5#");
        Assert.Equal((LotteryOpcode.Winners, documents.Length == 0 ? value : value[2..]), await peer.ReceiveTlvAsync());
        Assert.Equal(["AskWinners 5"], _gateway.Cluster.Calls);
    }

    [Fact]
    public async Task A_client_that_asks_too_early_is_held_for_a_while_and_then_told_busy()
    {
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(4, null));
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.AskWinners, "5#");
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromSeconds(2));
        _gateway.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(peer.HasReply());
        _gateway.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((LotteryOpcode.Busy, ""), await peer.ReceiveTlvAsync());
    }

    [Fact]
    public async Task A_draw_that_is_held_meanwhile_ends_the_wait()
    {
        var held = new TaskCompletionSource<bool>();
        _gateway.Cluster.WaitUntilHeld = _ => held.Task;
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(4, null));
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.AskWinners, "5#");
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromSeconds(2));
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(4, ["30904465"]));
        held.SetResult(true);
        Assert.Equal((LotteryOpcode.Winners, "30904465#"), await peer.ReceiveTlvAsync());
        Assert.Contains("WaitUntilHeld 4", _gateway.Cluster.Calls);
    }

    [Fact]
    public async Task An_agency_that_is_not_ready_is_held_as_well_and_may_become_ready_meanwhile()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.AskWinners, "5#");
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromSeconds(2));
        Assert.False(peer.HasReply());
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(4, ["30904465"]));
        _gateway.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((LotteryOpcode.Winners, "30904465#"), await peer.ReceiveTlvAsync());

        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(null, null));
        await peer.SendAsync(LotteryOpcode.AskWinners, "5#");
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromSeconds(2));
        _gateway.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((LotteryOpcode.Busy, ""), await peer.ReceiveTlvAsync());
    }

    [Theory]
    [InlineData("1 | numero: 7574\naction: sorteo | result: success", "1 ? numero: 7574?action: sorteo ")]
    [InlineData("\u2028\u0085\u001b[2J|", "???[2J?")]
    [InlineData("ñ30904465", "ñ30904465")]
    public async Task A_document_cannot_forge_a_line_of_the_log(string document, string logged)
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBet, $"1#a#b#{document}#1999-03-17#7#");
        await peer.ReceiveTlvAsync();
        Assert.Equal(document, Assert.Single(_gateway.Cluster.Placed).Batch.Documents[0]);
        Assert.Contains((LogLevel.Information, $"action: apuesta_almacenada | result: success | dni: {logged} | numero: 7"), _gateway.Log.Lines);
    }
}
