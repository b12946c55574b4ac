using Granero.Gateways.Tcp.Wire;
using Granero.Lottery;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class DelimitedSessionTests : IAsyncDisposable
{
    private const string Bet = "1|Ana|Pérez|30904465|1999-03-17|7574";
    private readonly GatewayFixture _gateway = new(lottery: lottery => lottery.AckEvery = 3);
    private readonly TaskCompletionSource<bool> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DelimitedSessionTests() => _gateway.Cluster.WaitUntilHeld = _ => _held.Task;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task The_ack_comes_exactly_after_every_Nth_bet()
    {
        var peer = _gateway.Connect();
        for (var batch = 1; batch <= 3; batch++)
        {
            for (var bet = 1; bet < 3; bet++)
            {
                await peer.SendAsync(Bet + "\n");
                Assert.False(peer.HasReply());
            }

            Assert.Equal(batch - 1, _gateway.Cluster.Placed.Count);
            await peer.SendAsync(Bet + "\n");
            await peer.ExpectAsync("3|ACK");
            Assert.Equal(batch, _gateway.Cluster.Placed.Count);
        }

        Assert.Equal(3, _gateway.Cluster.Placed.Select(call => call.Batch.Id).Distinct().Count());
        Assert.Equal(3, _gateway.Log.Lines.Count(line => line.Text == "action: apuesta_recibida | result: success | cantidad: 3"));
    }

    [Fact]
    public async Task The_ack_waits_for_the_bets_to_be_durable()
    {
        var stored = new TaskCompletionSource<int>();
        _gateway.Cluster.PlaceBets = (_, _) => stored.Task;
        var peer = _gateway.Connect();
        await SendBetsAsync(peer, 3);
        Assert.Single(_gateway.Cluster.Placed);
        Assert.False(peer.HasReply());
        stored.SetResult(1);
        await peer.ExpectAsync("3|ACK");
    }

    [Fact]
    public async Task A_stream_cut_at_every_byte_gets_the_same_acks()
    {
        byte[] stream = [.. Enumerable.Repeat(WireSamples.Delimited(Bet + "\r\n"), 4).SelectMany(bytes => bytes), .. WireSamples.Delimited("EOF\n")];
        for (var cut = 1; cut < stream.Length; cut++)
        {
            var peer = _gateway.Connect();
            await peer.SendAsync(stream[..cut], stream[cut..]);
            await peer.ExpectAsync("3|ACK3|ACK");
            peer.Close();
            Assert.Empty(await peer.ReceiveToEndAsync());
        }

        Assert.All(_gateway.Cluster.Placed.Chunk(2), pair => Assert.Equal([3, 1], pair.Select(call => call.Batch.Numbers.Length)));
    }

    [Fact]
    public async Task A_bet_that_comes_alone_is_acknowledged_at_once()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(Bet + "\n");
        await peer.SendAsync(Bet);
        await peer.ExpectAsync("3|ACK");
        Assert.Single(Assert.Single(_gateway.Cluster.Placed).Batch.Numbers);
        Assert.Contains((LogLevel.Information, "action: apuesta_almacenada | result: success | dni: 30904465 | numero: 7574"), _gateway.Log.Lines);
        await SendBetsAsync(peer, 2);
        await peer.ExpectAsync("3|ACK");
    }

    [Fact]
    public async Task EOF_stores_the_rest_declares_ready_and_the_winners_follow_the_draw()
    {
        var peer = _gateway.Connect();
        _gateway.Cluster.DeclareReady = _ => Task.FromResult(8);
        await SendBetsAsync(peer, 4);
        await peer.ExpectAsync("3|ACK");
        await peer.SendAsync("EOF\n");
        await peer.ExpectAsync("3|ACK");
        Assert.Equal(["PlaceBets 1", "PlaceBets 1", "DeclareReady 1"], _gateway.Cluster.Calls.Take(3));
        Assert.False(peer.HasReply());

        // A client that waits is not idle, however long it takes. The call that waits for it is given up after a while, and made again.
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromSeconds(7));
        _gateway.Time.Advance(TimeSpan.FromHours(2));
        peer.Heartbeat();
        Assert.False(peer.Served.IsCompleted);
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromMilliseconds(50));
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(50));

        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(8, ["30876370", "ñ"]));
        _held.SetResult(true);
        await peer.ExpectAsync("7|WINNERS8|308763702|ñ12|WINNERS_EOF\n");
        Assert.Contains("WaitUntilHeld 8", _gateway.Cluster.Calls);
        peer.Close();
        Assert.Empty(await peer.ReceiveToEndAsync());
    }

    [Fact]
    public async Task No_winners_are_the_first_and_the_last_message()
    {
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(1, []));
        _held.SetResult(true);
        var peer = _gateway.Connect();
        await peer.SendAsync(Bet + "\n");
        await peer.SendAsync("EOF\n");
        await peer.ExpectAsync("3|ACK7|WINNERS12|WINNERS_EOF\n");
    }

    [Fact]
    public async Task The_next_draws_bets_may_follow_on_the_same_connection()
    {
        _gateway.Cluster.AskWinners = _ => Task.FromResult(new WinnersAnswer(1, []));
        _held.SetResult(true);
        var peer = _gateway.Connect();
        for (var draw = 1; draw <= 2; draw++)
        {
            await SendBetsAsync(peer, 3);
            await peer.ExpectAsync("3|ACK");
            await peer.SendAsync("EOF\n");
            await peer.ExpectAsync("3|ACK7|WINNERS12|WINNERS_EOF\n");
        }
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_is_noticed_and_ends_quietly()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(Bet + "\n");
        await peer.SendAsync("EOF\n");
        await peer.ExpectAsync("3|ACK");
        peer.Close();
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Level > LogLevel.Information);
    }

    [Fact]
    public async Task A_client_that_talks_while_it_should_wait_is_closed()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync(Bet + "\n");
        await peer.SendAsync("EOF\n");
        await peer.ExpectAsync("3|ACK");
        await peer.SendAsync(Bet + "\n");
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Single(_gateway.Log.Lines, line => line.Text.Contains(nameof(Breach.UnexpectedMessage), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Winners_are_those_of_the_last_draw_that_the_agency_was_ready_for()
    {
        var answers = new Queue<WinnersAnswer>([new(2, null), new(2, ["1"])]);
        _gateway.Cluster.AskWinners = _ => Task.FromResult(answers.Dequeue());
        _held.SetResult(true);
        var peer = _gateway.Connect();
        await peer.SendAsync(Bet + "\n");
        await peer.SendAsync("EOF\n");
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromMilliseconds(100));
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(100));
        await peer.ExpectAsync("3|ACK7|WINNERS1|112|WINNERS_EOF\n");
        Assert.Contains("WaitUntilHeld 2", _gateway.Cluster.Calls);
    }

    [Theory]
    [InlineData("2|Ana|Pérez|30904465|1999-03-17|7574\n")]
    [InlineData("2|Ana|Pérez|30904465|1999-03-17|7574")]
    [InlineData("1|Ana|Pérez|30904465|2001-02-30|7574\n")]
    [InlineData("1|Ana|Pérez|30904465|1999-03-17\n")]
    public async Task Anything_wrong_closes_the_connection_and_what_was_not_acknowledged_is_not_stored(string wrong)
    {
        var peer = _gateway.Connect();
        await SendBetsAsync(peer, 5);
        await peer.ExpectAsync("3|ACK");
        await peer.SendAsync(wrong);
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Single(_gateway.Cluster.Placed);
        Assert.Single(_gateway.Log.Lines, line => line.Level == LogLevel.Warning);
        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Text.Contains("Pérez", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_connection_takes_the_bets_since_its_last_ack_with_it()
    {
        var peer = _gateway.Connect();
        await SendBetsAsync(peer, 5);
        await peer.ExpectAsync("3|ACK");
        peer.Close();
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Single(_gateway.Cluster.Placed);
    }

    [Fact]
    public async Task EOF_before_any_bet_closes_the_connection()
    {
        var peer = _gateway.Connect();
        await peer.SendAsync("EOF\n");
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Empty(_gateway.Cluster.Calls);
    }

    [Fact]
    public async Task A_refusal_closes_the_connection_and_is_logged_for_the_graders()
    {
        _gateway.Cluster.PlaceBets = (_, _) => Task.FromException<int>(new GraneroException(ErrorCode.AgencyIsReady, "no"));
        var peer = _gateway.Connect();
        await SendBetsAsync(peer, 3);
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Single(_gateway.Cluster.Placed);
        Assert.Single(_gateway.Log.Lines, line => line.Text.StartsWith("action: apuesta_recibida | result: fail | cantidad: 3 | reason: AgencyIsReady", StringComparison.Ordinal));
    }

    private static async Task SendBetsAsync(TestPeer peer, int bets)
    {
        for (var i = 0; i < bets; i++)
        {
            await peer.SendAsync(Bet + "\n");
        }
    }
}
