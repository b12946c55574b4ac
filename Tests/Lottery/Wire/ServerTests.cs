using System.Net;
using System.Net.Sockets;
using System.Text;
using Granero.Gateways.Tcp.Lottery;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

/// <summary>Over real sockets: what pipes in memory cannot show.</summary>
public sealed class ServerTests : IAsyncDisposable
{
    private readonly GatewayFixture _gateway = new(time: TimeProvider.System);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_frame_of_16_MiB_passes_through()
    {
        using var client = await ConnectAsync();
        const int Bets = 300_000;
        var batch = Encoding.UTF8.GetBytes(WireSamples.Batch(agency: 1, Bets));
        Assert.InRange(batch.Length, 13 << 20, 16 << 20);
        await SendAsync(client, WireSamples.Tlv(LotteryOpcode.RegisterBatch, batch));
        Assert.Equal([2, 0, 0, 0, 0], await ReadAsync(client, 5));
        Assert.Equal(Bets, Assert.Single(_gateway.Cluster.Placed).Batch.Numbers.Length);
    }

    [Fact]
    public async Task A_delimited_message_far_above_the_read_ahead_passes_through()
    {
        using var client = await ConnectAsync();
        var name = new string('x', 5 << 20);
        await SendAsync(client, WireSamples.Delimited($"1|{name}|b|1|1999-03-17|1"));
        Assert.Equal("3|ACK"u8.ToArray(), await ReadAsync(client, 5));
        Assert.Equal(name, Assert.Single(_gateway.Cluster.Placed).Batch.FirstNames[0]);
    }

    [Fact]
    public async Task A_thousand_pipelined_requests_are_answered_in_order()
    {
        using var client = await ConnectAsync();
        byte[] requests = [.. Enumerable.Range(1, 1000).SelectMany(i => i % 10 == 0 ? WireSamples.Tlv(LotteryOpcode.AgencyReady, "#") : WireSamples.Tlv(LotteryOpcode.RegisterBet, $"1#a#b#{i}#1999-03-17#{i}#"))];
        await SendAsync(client, requests);
        for (var i = 1; i <= 1000; i++)
        {
            var header = await ReadAsync(client, 5);
            Assert.Equal(i % 10 == 0 ? 4 : 2, header[0]);
            await ReadAsync(client, header[4]);
        }

        Assert.Equal(Enumerable.Range(1, 1000).Where(i => i % 10 != 0), _gateway.Cluster.Placed.Select(call => call.Batch.Numbers[0]));
    }

    [Fact]
    public async Task A_client_that_sends_too_much_still_gets_to_read_why()
    {
        using var client = await ConnectAsync();
        await SendAsync(client, WireSamples.TlvHeader(LotteryOpcode.RegisterBatch, 20 << 20));
        await SendAsync(client, new byte[20 << 20]);
        var header = await ReadAsync(client, 5);
        Assert.Equal("Error al procesar el batch enviado", Encoding.UTF8.GetString(await ReadAsync(client, header[4])));
    }

    [Fact]
    public async Task Echo_closes_behind_itself()
    {
        using var client = await ConnectAsync();
        await SendAsync(client, "Hello buddy\n"u8.ToArray());
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("Hello buddy\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon());
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_idle_clients_and_finishes_what_is_being_answered()
    {
        var (called, stored) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        _gateway.Cluster.PlaceBets = (_, _) =>
        {
            called.SetResult();
            return stored.Task;
        };
        using var busy = await ConnectAsync();
        using var idle = new TcpClient("127.0.0.1", ((IPEndPoint)busy.Client.RemoteEndPoint!).Port);
        await SendAsync(busy, WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet));
        await called.Task.Soon();

        var stop = _gateway.StopServerAsync();
        Assert.Equal(0, await idle.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.False(stop.IsCompleted);
        stored.SetResult(1);
        Assert.Equal([2, 0, 0, 0, 0], await ReadAsync(busy, 5));
        await stop.Soon();
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var port = await _gateway.StartServerAsync();
        return new TcpClient("127.0.0.1", port);
    }

    private static Task SendAsync(TcpClient client, byte[] bytes) => client.GetStream().WriteAsync(bytes).AsTask().Soon();

    private static async Task<byte[]> ReadAsync(TcpClient client, int bytes)
    {
        var buffer = new byte[bytes];
        await client.GetStream().ReadExactlyAsync(buffer).AsTask().Soon();
        return buffer;
    }
}
