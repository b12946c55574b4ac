using Granero.Gateways.Tcp.Lottery;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

/// <summary>Which batches the cluster sees under one id, as clients lose their connections and send again.</summary>
public sealed class UnansweredBatchesTests : IAsyncDisposable
{
    private readonly GatewayFixture _gateway = new(lottery: lottery => lottery.AckEvery = 2);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_batch_whose_answer_was_lost_with_the_connection_keeps_its_id()
    {
        await PlaceAndLose(1);
        await Place(1);
        await Place(1);
        AssertIds(0, 0, 2);
    }

    [Fact]
    public async Task All_that_a_client_had_sent_ahead_keeps_its_ids()
    {
        await PlaceAndLose(1, 2, 3, 4, 5);
        await Place(1, 2, 3, 4, 5);
        AssertIds(0, 1, 2, 3, 4, 0, 1, 2, 3, 4);
    }

    [Fact]
    public async Task All_bets_that_a_delimited_client_had_sent_ahead_keep_their_ids()
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var peer = _gateway.Connect();
            await peer.SendAsync([.. Enumerable.Range(1, 6).SelectMany(bet => WireSamples.Delimited($"1|a|b|{bet}|1999-03-17|{bet}\n"))]);
            await peer.ExpectAsync("3|ACK3|ACK3|ACK");
            await Lose(peer);
        }

        AssertIds(0, 1, 2, 0, 1, 2);
    }

    [Fact]
    public async Task The_next_request_proves_that_the_answer_was_read()
    {
        var peer = _gateway.Connect();
        await Place(peer, 1);
        await Place(peer, 2);
        await Lose(peer);
        await Place(1);
        await Place(2);
        AssertIds(0, 1, 2, 1);
    }

    [Fact]
    public async Task Going_on_after_all_that_was_sent_ahead_proves_that_its_answers_were_read()
    {
        var peer = _gateway.Connect();
        await Place(peer, 1, 2, 3);
        await Place(peer, 4, 5, 6);
        await Lose(peer);
        await Place(1);
        AssertIds(0, 1, 2, 3, 4, 5, 6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_closes_its_side_gets_its_answer_and_equal_bets_are_a_new_batch(bool afterTheAnswer)
    {
        for (var i = 0; i < 3; i++)
        {
            var peer = _gateway.Connect();
            await peer.SendAsync(Batch(1));
            if (afterTheAnswer)
            {
                await peer.ReceiveTlvAsync();
            }

            peer.Close();
            Assert.Equal(afterTheAnswer ? 0 : 5, (await peer.ReceiveToEndAsync()).Length);
        }

        AssertIds(0, 1, 2);
    }

    [Fact]
    public async Task Two_connections_that_are_alive_are_two_batches()
    {
        var stored = new TaskCompletionSource<int>();
        _gateway.Cluster.PlaceBets = (_, _) => stored.Task;
        var (one, other) = (_gateway.Connect(), _gateway.Connect());
        await one.SendAsync(Batch(1));
        await other.SendAsync(Batch(1));
        AssertIds(0, 1);
        stored.SetResult(1);
        await one.ReceiveTlvAsync();
        await other.ReceiveTlvAsync();
    }

    [Fact]
    public async Task A_batch_sent_again_while_its_first_call_is_under_way_keeps_its_id()
    {
        var first = new TaskCompletionSource<int>();
        _gateway.Cluster.PlaceBets = (_, _) => first.Task;
        var (lost, again) = (_gateway.Connect(), _gateway.Connect());
        await lost.SendAsync(Batch(1));
        lost.Reset();
        await again.SendAsync(Batch(1));
        first.SetResult(1);
        Assert.Equal(LotteryOpcode.Ack, (await again.ReceiveTlvAsync()).Opcode);
        AssertIds(0, 0);
    }

    [Fact]
    public async Task Clients_that_close_their_side_and_wait_are_each_stored()
    {
        var first = new TaskCompletionSource<int>();
        _gateway.Cluster.PlaceBets = (_, _) => first.Task;
        TestPeer[] peers = [_gateway.Connect(), _gateway.Connect(), _gateway.Connect()];
        foreach (var peer in peers)
        {
            await peer.SendAsync(Batch(1));
            peer.Close();
        }

        first.SetResult(1);
        foreach (var peer in peers)
        {
            Assert.Equal([2, 0, 0, 0, 0], await peer.ReceiveToEndAsync());
        }

        AssertIds(0, 1, 2);
    }

    [Fact]
    public async Task A_batch_whose_outcome_is_not_known_keeps_its_id_until_it_is()
    {
        _gateway.Cluster.PlaceBets = (_, _) => Task.FromException<int>(new TimeoutException());
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var peer = _gateway.Connect();
            await peer.SendAsync(Batch(1));
            await _gateway.Time.RunAsync(peer.Served);
            Assert.Empty(await peer.ReceiveToEndAsync());
        }

        _gateway.Cluster.PlaceBets = (_, _) => Task.FromResult(1);
        await Place(1);
        await Place(1);
        Assert.Equal(2, _gateway.Cluster.Placed.Select(call => call.Batch.Id).Distinct().Count());
    }

    [Fact]
    public async Task Other_bets_another_order_another_agency_are_other_batches()
    {
        await PlaceAndLose(1);
        foreach (var value in new[] { "2#@0#1#a#b#1#1999-03-17#1#@1#1#a#c#1#1999-03-17#1#", "2#@0#1#a#c#1#1999-03-17#1#@1#1#a#b#1#1999-03-17#1#", "1#@0#2#a#b#1#1999-03-17#1#", "1#@0#1#a#b#1#1999-03-18#1#" })
        {
            var peer = _gateway.Connect();
            await peer.SendAsync(LotteryOpcode.RegisterBatch, value);
            await peer.ReceiveTlvAsync();
            await Lose(peer);
        }

        AssertIds(0, 1, 2, 3, 4);
    }

    [Fact]
    public async Task An_agency_that_is_ready_has_gone_on()
    {
        await PlaceAndLose(1);
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.AgencyReady, "1#");
        await peer.ReceiveTlvAsync();
        await Place(1);
        AssertIds(0, 1);
    }

    [Fact]
    public async Task What_was_refused_is_not_a_batch()
    {
        _gateway.Cluster.PlaceBets = (_, _) => Task.FromException<int>(new GraneroException(ErrorCode.AgencyIsReady, "no"));
        await PlaceAndLose(1);
        _gateway.Cluster.PlaceBets = (_, _) => Task.FromResult(1);
        await Place(1);
        AssertIds(0, 1);
    }

    [Theory]
    [InlineData(299, 0)]
    [InlineData(300, 1)]
    public async Task After_five_minutes_nobody_sends_again(int seconds, int id)
    {
        await PlaceAndLose(1);
        _gateway.Time.Advance(TimeSpan.FromSeconds(seconds));
        await Place(1);
        AssertIds(0, id);
    }

    [Fact]
    public async Task Another_gateway_is_told_who_may_have_missed_what_and_takes_it_over()
    {
        var (alive, repetition) = (_gateway.Connect(), Guid.NewGuid());
        await Place(alive, 7);
        await PlaceAndLose(1);
        var (answered, lost) = (_gateway.Cluster.Placed.First().Batch.Id, _gateway.Cluster.Placed.Last().Batch.Id);

        Assert.False(await _gateway.Carrier.MayHaveMissed(1, answered, repetition));
        Assert.False(await _gateway.Carrier.MayHaveMissed(1, Guid.NewGuid(), repetition));
        Assert.True(await _gateway.Carrier.MayHaveMissed(1, lost, repetition));
        Assert.True(await _gateway.Carrier.MayHaveMissed(1, lost, repetition)); // a call that is repeated
        Assert.False(await _gateway.Carrier.MayHaveMissed(1, lost, Guid.NewGuid()));
        await Place(1);
        AssertIds(0, 1, 2);
    }

    private async Task PlaceAndLose(params int[] numbers)
    {
        var peer = _gateway.Connect();
        await Place(peer, numbers);
        await Lose(peer);
    }

    private Task Place(params int[] numbers) => Place(_gateway.Connect(), numbers);

    private static async Task Place(TestPeer peer, params int[] numbers)
    {
        await peer.SendAsync([.. numbers.SelectMany(Batch)]);
        foreach (var _ in numbers)
        {
            await peer.ReceiveTlvAsync();
        }
    }

    private static async Task Lose(TestPeer peer)
    {
        peer.Reset();
        await peer.ReceiveToEndAsync();
    }

    private static byte[] Batch(int number) => WireSamples.Tlv(LotteryOpcode.RegisterBatch, $"1#@0#1#a#b#1#1999-03-17#{number}#");

    /// <summary>For each call the number of the first call that had its id.</summary>
    private void AssertIds(params int[] expected)
    {
        var ids = _gateway.Cluster.Placed.Select(call => call.Batch.Id).ToList();
        Assert.Equal(expected, ids.Select(id => ids.IndexOf(id)));
    }
}
