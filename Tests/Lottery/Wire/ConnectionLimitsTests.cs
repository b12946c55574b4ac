using Granero.Gateways.Tcp.Lottery;
using Granero.Gateways.Tcp.Wire;
using Granero.Lottery;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class ConnectionLimitsTests : IAsyncDisposable
{
    private readonly GatewayFixture _gateway = new(limits: tcp => (tcp.FrameTimeout, tcp.IdleTimeout, tcp.MaxFrameBytes, tcp.MaxBufferedBytes) = (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10), 100_000, 250_000));

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_frames_time_runs_from_its_first_byte_however_often_more_come()
    {
        var peer = _gateway.Connect();
        var packet = WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet);
        for (var sent = 0; sent < 3; sent++)
        {
            await peer.SendAsync(packet[sent..(sent + 1)]);
            _gateway.Time.Advance(TimeSpan.FromSeconds(9.9));
            peer.Heartbeat();
            Assert.False(peer.Served.IsCompleted);
        }

        await peer.SendAsync(packet[3..4]);
        _gateway.Time.Advance(TimeSpan.FromSeconds(0.3));
        peer.Heartbeat();
        Assert.Empty(await peer.ReceiveToEndAsync());
        AssertRefusedOnce(Breach.FrameTimeout);
    }

    [Fact]
    public async Task Each_frame_has_its_own_time()
    {
        var peer = _gateway.Connect();
        var message = WireSamples.Delimited("1|Ana|Pérez|30904465|1999-03-17|7574\n");
        await peer.SendAsync(message[..10]);
        for (var frame = 0; frame < 5; frame++)
        {
            _gateway.Time.Advance(TimeSpan.FromSeconds(20));
            await peer.SendAsync([.. message[10..], .. message[..10]]);
            peer.Heartbeat();
            Assert.False(peer.Served.IsCompleted);
        }

        _gateway.Time.Advance(TimeSpan.FromSeconds(30));
        peer.Heartbeat();
        Assert.Empty(await peer.ReceiveToEndAsync());
        AssertRefusedOnce(Breach.FrameTimeout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_idle_connection_is_closed(bool afterARequest)
    {
        var peer = _gateway.Connect();
        if (afterARequest)
        {
            await peer.SendAsync(LotteryOpcode.RegisterBet, WireSamples.Bet);
            await peer.ReceiveTlvAsync();
        }

        _gateway.Time.Advance(TimeSpan.FromMinutes(9.9));
        peer.Heartbeat();
        Assert.False(peer.Served.IsCompleted);
        _gateway.Time.Advance(TimeSpan.FromMinutes(0.1));
        peer.Heartbeat();
        Assert.Empty(await peer.ReceiveToEndAsync());
        AssertRefusedOnce(Breach.IdleTimeout);
    }

    [Fact]
    public async Task A_call_that_takes_long_is_not_the_peers_fault()
    {
        var stored = new TaskCompletionSource<int>();
        _gateway.Cluster.PlaceBets = (_, _) => stored.Task;
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBet, WireSamples.Bet);
        _gateway.Time.Advance(TimeSpan.FromHours(1));
        peer.Heartbeat();
        stored.SetResult(1);
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
    }

    [Fact]
    public async Task A_peer_that_does_not_take_its_answers_is_cut_off()
    {
        var documents = Enumerable.Range(0, 20_000).Select(i => $"{30_000_000 + i}").ToArray();
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(1, documents));
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.AskWinners, "1#");
        _gateway.Time.Advance(TimeSpan.FromSeconds(30));
        peer.Heartbeat();
        await peer.Served.Soon();
        AssertRefusedOnce(Breach.ReplyNotTaken);
    }

    [Fact]
    public async Task A_line_is_echoed_and_the_connection_closed()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync("Hello "u8.ToArray(), "buddy\nmore\n"u8.ToArray());
        Assert.Equal("Hello buddy\n"u8.ToArray(), await peer.ReceiveToEndAsync());
    }

    [Fact]
    public async Task A_line_may_be_as_long_as_any_frame()
    {
        var peer = _gateway.Connect();
        byte[] line = [.. Enumerable.Repeat((byte)'x', 99_999), (byte)'\n'];
        await peer.SendAsync(line[..50_000], line[50_000..]);
        Assert.Equal(line, await peer.ReceiveAsync(line.Length));
    }

    [Fact]
    public async Task Unfinished_frames_have_one_limit_over_all_connections_and_small_ones_do_not_count()
    {
        var small = _gateway.Connect();
        await small.SendAsync(WireSamples.TlvHeader(LotteryOpcode.RegisterBatch, 100_000), new byte[60_000]);
        TestPeer[] large = [_gateway.Connect(), _gateway.Connect(), _gateway.Connect()];
        foreach (var peer in large)
        {
            await peer.SendAsync(WireSamples.TlvHeader(LotteryOpcode.RegisterBatch, 100_000), new byte[80_000]);
        }

        await large[0].SendAsync(new byte[15_000]);
        Assert.Empty(await large[0].ReceiveToEndAsync());
        AssertRefusedOnce(Breach.BuffersFull);
        Assert.False(small.Served.IsCompleted || large[1].Served.IsCompleted || large[2].Served.IsCompleted);

        // What a connection held is free again when it ends, and when its frame is whole.
        await large[1].SendAsync(new byte[20_000]);
        Assert.Equal(LotteryOpcode.Error, (await large[1].ReceiveTlvAsync()).Opcode);
        var next = _gateway.Connect();
        await next.SendAsync(WireSamples.TlvHeader(LotteryOpcode.RegisterBatch, 100_000), new byte[99_000]);
        Assert.False(next.Served.IsCompleted);
    }

    [Fact]
    public async Task The_bets_that_a_delimited_client_waits_to_be_acknowledged_count_as_unfinished()
    {
        var (one, other, third) = (_gateway.Connect(), _gateway.Connect(), _gateway.Connect());
        foreach (var peer in new[] { one, other, third })
        {
            await peer.SendAsync($"1|{new string('x', 45_000)}|b|1|1999-03-17|1\n");
            await peer.SendAsync($"1|{new string('x', 45_000)}|b|1|1999-03-17|1\n");
        }

        Assert.Empty(await third.ReceiveToEndAsync());
        AssertRefusedOnce(Breach.BuffersFull);
        Assert.False(one.Served.IsCompleted || other.Served.IsCompleted);
    }

    [Fact]
    public async Task A_line_without_end_is_refused()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(Enumerable.Repeat((byte)'x', 100_000).ToArray());
        Assert.Empty(await peer.ReceiveToEndAsync());
        AssertRefusedOnce(Breach.FrameTooLong);
    }

    [Theory]
    [InlineData("4294967295|", Breach.FrameTooLong)]
    [InlineData("13|1|Ana|Pérez", Breach.CutFrame)]
    [InlineData("\u0001", Breach.CutFrame)]
    [InlineData("123456", Breach.CutFrame)]
    [InlineData("no end", Breach.CutFrame)]
    [InlineData("\u001b[A\n", Breach.UnknownProtocol)]
    internal async Task Other_breaches_are_logged_once(string sent, Breach breach)
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(System.Text.Encoding.UTF8.GetBytes(sent));
        peer.Close();
        Assert.Empty(await peer.ReceiveToEndAsync());
        AssertRefusedOnce(breach);
    }

    [Fact]
    public async Task When_the_server_stops_idle_peers_are_let_go()
    {
        var silent = _gateway.Connect();
        var betweenRequests = _gateway.Connect();
        await betweenRequests.SendAsync(LotteryOpcode.RegisterBet, WireSamples.Bet);
        await betweenRequests.ReceiveTlvAsync();
        var insideAFrame = _gateway.Connect();
        await insideAFrame.SendAsync(WireSamples.TlvHeader(LotteryOpcode.RegisterBet, 10));
        var waiting = _gateway.Connect();
        await waiting.SendAsync(WireSamples.Delimited("1|Ana|Pérez|30904465|1999-03-17|7574\n"), WireSamples.Delimited("EOF\n"));
        await waiting.ExpectAsync("3|ACK");
        foreach (var peer in new[] { silent, betweenRequests, insideAFrame, waiting })
        {
            peer.RequestClose();
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Fact]
    public async Task When_the_server_stops_what_is_being_answered_is_finished()
    {
        var stored = new TaskCompletionSource<int>();
        _gateway.Cluster.PlaceBets = (_, _) => stored.Task;
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet), WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet));
        peer.RequestClose();
        stored.SetResult(1);
        Assert.Equal([2, 0, 0, 0, 0], await peer.ReceiveToEndAsync());
        Assert.Single(_gateway.Cluster.Placed);
    }

    private void AssertRefusedOnce(Breach breach) =>
        Assert.Single(_gateway.Log.Lines, line => line.Text.Contains(breach.ToString(), StringComparison.Ordinal));
}
