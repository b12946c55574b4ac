using System.Net;
using Granero.Bench.Load;

namespace Granero.Bench.Lottery;

/// <summary>All that the agencies send in a draw by one protocol, as bytes: made once, for every round.</summary>
internal sealed class Traffic(LotteryProtocol protocol, IReadOnlyList<BetSequence> agencies)
{
    private readonly Frames[] frames = [.. agencies.Select(bets => new Frames(bets, protocol))];

    public IReadOnlyList<BetSequence> Agencies => agencies;

    /// <summary>Opens the agencies' connections, unless there is to be one for each request.</summary>
    public IReadOnlyList<SocketLoad> Connect(IPEndPoint target, bool keep) =>
        [.. frames.Select(own => new SocketLoad(target, own, protocol.Ack, keep))];

    public Task<Draw> HoldDrawAsync(IReadOnlyList<SocketLoad> loads) =>
        Draw.HoldAsync(protocol, agencies, loads, [.. frames.Select(own => own.Unacknowledged)]);
}
