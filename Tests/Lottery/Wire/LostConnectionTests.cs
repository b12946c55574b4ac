using System.Net.Sockets;
using Granero.Gateways.Tcp.Lottery;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

/// <summary>Over real sockets: what the kernel tells of a client that closes before its answer, or does not read it.</summary>
public sealed class LostConnectionTests : IAsyncLifetime
{
    private static readonly byte[] Bet = WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet);
    private static readonly byte[] Ack = [2, 0, 0, 0, 0];
    private readonly GatewayFixture _gateway = new(time: TimeProvider.System);
    private int _port;

    public async ValueTask InitializeAsync() => _port = await _gateway.StartServerAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_client_that_half_closes_before_its_answer_reads_it_and_equal_bets_are_stored_as_often_as_sent()
    {
        for (var i = 0; i < 3; i++)
        {
            using var client = await SendAsync(Bet);
            client.Client.Shutdown(SocketShutdown.Send);
            Assert.Equal(Ack, await ReadAsync(client, 5));
            Assert.Equal(0, await client.Client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().Soon());
        }

        Assert.Equal(3, Ids());
    }

    [Fact]
    public async Task Many_that_half_close_at_once_are_each_stored()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var client = await SendAsync(Bet);
            client.Client.Shutdown(SocketShutdown.Send);
            Assert.Equal(Ack, await ReadAsync(client, 5));
        }));
        Assert.Equal(20, Ids());
    }

    [Fact]
    public async Task A_client_that_closed_while_its_call_was_under_way_and_sends_again_is_stored_once()
    {
        var (called, stored) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        _gateway.Cluster.PlaceBets = (_, _) =>
        {
            called.TrySetResult();
            return stored.Task;
        };
        var lost = await SendAsync(Bet);
        await called.Task.Soon();
        lost.Dispose();
        using var again = await SendAsync(Bet);
        stored.SetResult(1);
        Assert.Equal(Ack, await ReadAsync(again, 5));
        Assert.Equal(1, Ids());
    }

    [Fact]
    public async Task A_client_whose_answer_lay_unread_when_it_closed_and_sends_again_is_stored_once()
    {
        for (var i = 1; i <= 20; i++)
        {
            var bet = WireSamples.Tlv(LotteryOpcode.RegisterBet, $"1#a#b#{i}#1999-03-17#{i}#");
            var lost = await SendAsync(bet);
            Assert.True(lost.Client.Poll(Patience.Limit, SelectMode.SelectRead));
            lost.Dispose();
            using var again = await SendAsync(bet);
            Assert.Equal(Ack, await ReadAsync(again, 5));
            Assert.Equal(i, Ids());
        }
    }

    [Fact]
    public async Task A_client_that_sent_ahead_and_closed_and_sends_all_again_is_stored_once()
    {
        for (var round = 1; round <= 20; round++)
        {
            var called = new TaskCompletionSource();
            _gateway.Cluster.PlaceBets = (_, _) =>
            {
                called.TrySetResult();
                return Task.FromResult(1);
            };
            byte[] batches = [.. Enumerable.Range(0, 5).SelectMany(i => WireSamples.Tlv(LotteryOpcode.RegisterBet, $"1#a#b#{round}#1999-03-17#{i}#"))];
            var lost = await SendAsync(batches);
            await called.Task.Soon();
            lost.Dispose();
            using var again = await SendAsync(batches);
            await ReadAsync(again, 25);
            Assert.Equal(5 * round, Ids());
        }
    }

    [Fact]
    public async Task A_client_that_closes_after_its_answer_may_place_equal_bets()
    {
        for (var i = 0; i < 20; i++)
        {
            using var client = await SendAsync(Bet);
            await ReadAsync(client, 5);
        }

        Assert.Equal(20, Ids());
    }

    private int Ids() => _gateway.Cluster.Placed.Select(call => call.Batch.Id).Distinct().Count();

    private async Task<TcpClient> SendAsync(byte[] bytes)
    {
        var client = new TcpClient("127.0.0.1", _port);
        await client.GetStream().WriteAsync(bytes).AsTask().Soon();
        return client;
    }

    /// <summary>By the socket: a client's stream is gone once one side is closed.</summary>
    private static async Task<byte[]> ReadAsync(TcpClient client, int bytes)
    {
        var buffer = new byte[bytes];
        for (var read = 0; read < bytes;)
        {
            var received = await client.Client.ReceiveAsync(buffer.AsMemory(read), TestContext.Current.CancellationToken).AsTask().Soon();
            Assert.NotEqual(0, received);
            read += received;
        }

        return buffer;
    }
}
