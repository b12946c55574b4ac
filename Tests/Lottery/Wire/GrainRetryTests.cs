using Granero.Gateways.Tcp.Lottery;
using Granero.Tests.Support;
using Orleans.Runtime.Messaging;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class GrainRetryTests : IAsyncDisposable
{
    private readonly GatewayFixture _gateway = new(limits: tcp => tcp.RetryFor = TimeSpan.FromSeconds(30));

    private static Exception[] PassingFailures { get; } =
    [
        new SiloUnavailableException("gone"),
        new ConnectionFailedException("refused"),
        new GatewayTooBusyException(),
        new TimeoutException(),
        new OperationCanceledException(),
        new Npgsql.NpgsqlException("starting up"),
    ];

    public static TheoryData<int> PassingFailureNumbers { get; } = [.. Enumerable.Range(0, PassingFailures.Length)];

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [MemberData(nameof(PassingFailureNumbers))]
    public async Task A_passing_failure_is_tried_again_under_the_same_id(int failure)
    {
        var attempts = 0;
        _gateway.Cluster.PlaceBets = (_, _) => ++attempts < 4 ? Task.FromException<int>(PassingFailures[failure]) : Task.FromResult(1);
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBet, WireSamples.Bet);
        foreach (var pause in new[] { 50, 100, 200 })
        {
            Assert.Equal(pause, (await _gateway.Time.NextWaitAsync()).TotalMilliseconds);
            Assert.False(peer.HasReply());
            _gateway.Time.Advance(TimeSpan.FromMilliseconds(pause));
        }

        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(4, _gateway.Cluster.Placed.Count);
        Assert.Single(_gateway.Cluster.Placed.Select(call => call.Batch.Id).Distinct());
        Assert.Single(_gateway.Log.Lines, line => line.Text.Contains("tried again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_that_does_not_pass_ends_the_connection_without_a_word_since_the_bets_may_be_stored(bool isTlv)
    {
        _gateway.Cluster.PlaceBets = (_, _) => Task.FromException<int>(new SiloUnavailableException("gone"));
        var peer = _gateway.Connect();
        await peer.SendAsync(isTlv ? WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet) : WireSamples.Delimited("1|Ana|Pérez|30904465|1999-03-17|7574"));
        var waited = await _gateway.Time.RunAsync(peer.Served);

        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.InRange(waited.TotalSeconds, 28.9, 30);
        Assert.Single(_gateway.Cluster.Placed.Select(call => call.Batch.Id).Distinct());
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again()
    {
        _gateway.Cluster.PlaceBets = (_, _) => Task.FromException<int>(new GraneroException(ErrorCode.AgencyIsReady, "no"));
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBatch, WireSamples.Batch(1, 2));
        Assert.Equal((LotteryOpcode.Error, "Error al procesar el batch enviado"), await peer.ReceiveTlvAsync());
        Assert.Single(_gateway.Cluster.Placed);
    }

    [Fact]
    public async Task Nothing_more_is_read_while_a_call_is_tried_again()
    {
        var attempts = 0;
        _gateway.Cluster.PlaceBets = (_, _) => ++attempts < 2 ? Task.FromException<int>(new TimeoutException()) : Task.FromResult(1);
        var peer = _gateway.Connect();
        await peer.SendAsync(WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet), WireSamples.Tlv(LotteryOpcode.AgencyReady, "1#"));
        var pause = await _gateway.Time.NextWaitAsync();
        Assert.Equal(["PlaceBets 1"], _gateway.Cluster.Calls);
        _gateway.Time.Advance(pause);
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(["PlaceBets 1", "PlaceBets 1", "DeclareReady 1"], _gateway.Cluster.Calls);
    }

    [Fact]
    public async Task A_call_whose_silo_is_lost_is_sent_again_at_once_and_not_after_its_timeout()
    {
        var attempts = 0;
        _gateway.Cluster.PlaceBets = (_, _) => ++attempts < 2 ? new TaskCompletionSource<int>().Task : Task.FromResult(1);
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBet, WireSamples.Bet);
        _gateway.Link.NotifyGatewayCountChanged(1, 2, connectionRecovered: false);
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromMilliseconds(50));
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(2, _gateway.Cluster.Placed.Count);
        Assert.True(_gateway.Link.IsUp);
    }

    [Fact]
    public async Task A_call_that_is_lost_on_its_way_to_a_silo_that_has_just_died_is_sent_again_within_half_a_second()
    {
        var (attempts, asked) = (0, new TaskCompletionSource());
        _gateway.Cluster.PlaceBets = (_, _) => ++attempts < 2 ? LoseAsync() : Task.FromResult(1);
        _gateway.Link.NotifyGatewayCountChanged(1, 2, connectionRecovered: false);
        var peer = _gateway.Connect();
        await peer.SendAsync(LotteryOpcode.RegisterBet, WireSamples.Bet);
        await asked.Task.Soon();
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(500));
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromMilliseconds(50));
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
        Assert.Equal(2, _gateway.Cluster.Placed.Count);

        Task<int> LoseAsync()
        {
            asked.SetResult();
            return new TaskCompletionSource<int>().Task;
        }
    }
}
