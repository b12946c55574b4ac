using Granero.Gateways.Tcp.Lottery;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

/// <summary>More clients than there are places: who is idle makes room, who is at work stays.</summary>
public sealed class ConnectionPlacesTests : IAsyncDisposable
{
    private readonly GatewayFixture _gateway = new(limits: tcp => tcp.MaxConnections = 2);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_newcomer_gets_the_place_of_the_longest_idle_peer()
    {
        var (older, younger) = (await IdlePeer(), await IdlePeer());

        var newcomer = await IdlePeer();

        Assert.Empty(await older.ReceiveToEndAsync());
        Assert.Contains(_gateway.Log.Lines, line => line.Text.Contains(nameof(Breach.IdleTimeout), StringComparison.Ordinal));
        await Answers(younger);
        await Answers(newcomer);
    }

    [Fact]
    public async Task A_newcomer_is_closed_when_nobody_is_idle()
    {
        var (one, other) = (await PeerInsideAFrame(), await PeerInsideAFrame());

        var newcomer = _gateway.Connect();

        Assert.Empty(await newcomer.ReceiveToEndAsync());
        Assert.False(one.Served.IsCompleted || other.Served.IsCompleted);
        Assert.Contains(_gateway.Log.Lines, line => line.Text.Contains(nameof(Breach.TooManyConnections), StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_nobody_is_idle_the_one_that_does_not_finish_its_first_frame_makes_room()
    {
        var slow = _gateway.Connect();
        await slow.SendAsync(new byte[] { 1 });
        var honest = await PeerInsideAFrame();

        _gateway.Time.Advance(TimeSpan.FromSeconds(-0.1));
        var tooEarly = _gateway.Connect();
        Assert.Empty(await tooEarly.ReceiveToEndAsync());

        _gateway.Time.Advance(TimeSpan.FromSeconds(0.1));
        await Answers(_gateway.Connect());
        Assert.Empty(await slow.ReceiveToEndAsync());
        Assert.Contains(_gateway.Log.Lines, line => line.Text.Contains(nameof(Breach.FrameTimeout), StringComparison.Ordinal));
        Assert.False(honest.Served.IsCompleted);
    }

    [Fact]
    public async Task A_peer_that_left_leaves_its_place()
    {
        var (one, _) = (await PeerInsideAFrame(), await PeerInsideAFrame());
        one.Close();
        await one.Served;

        await Answers(await IdlePeer());
    }

    private async Task<TestPeer> IdlePeer()
    {
        _gateway.Time.Advance(TimeSpan.FromSeconds(1));
        var peer = _gateway.Connect();
        await Answers(peer);
        return peer;
    }

    private async Task<TestPeer> PeerInsideAFrame()
    {
        var peer = await IdlePeer();
        await peer.SendAsync(new byte[] { 1, 0 });
        return peer;
    }

    private static async Task Answers(TestPeer peer)
    {
        await peer.SendAsync(LotteryOpcode.AgencyReady, "1#");
        Assert.Equal(LotteryOpcode.Ack, (await peer.ReceiveTlvAsync()).Opcode);
    }
}
