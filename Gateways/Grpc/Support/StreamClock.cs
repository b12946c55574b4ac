namespace Granero.Gateways.Grpc.Support;

/// <summary>Cancels a stream whose client has gone or makes no progress for a time, or whose server stops.</summary>
internal sealed class StreamClock : IDisposable
{
    private readonly TimeSpan _stallTimeout;
    private readonly CancellationToken _call;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenSource _stalled;
    private readonly CancellationTokenSource _any;
    private TimeSpan _limit;

    public StreamClock(TimeSpan stallTimeout, TimeProvider time, CancellationToken call, CancellationToken stop)
    {
        (_stallTimeout, _limit, _call, _stop) = (stallTimeout, stallTimeout, call, stop);
        _stalled = new CancellationTokenSource(stallTimeout, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(call, stop, _stalled.Token);
    }

    public CancellationToken Token => _any.Token;

    /// <summary>There has been progress: the time begins anew.</summary>
    /// <param name="limit">How long it is this time; none: as always.</param>
    /// <exception cref="GraneroException"><see cref="ErrorCode.GatewayStops"/>.</exception>
    public void Restart(TimeSpan? limit = null)
    {
        if (_stop.IsCancellationRequested) throw Stops();
        _limit = limit ?? _stallTimeout;
        _stalled.CancelAfter(_limit);
    }

    /// <summary>The client is not waited for now: the time stands still until <see cref="Restart"/>.</summary>
    public void Pause() => _stalled.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <returns>What to tell a client that is still there about the end of its stream; null for one that has gone.</returns>
    public GraneroException? Refusal() => (_call, _stop) switch
    {
        ({ IsCancellationRequested: true }, _) => null,
        (_, { IsCancellationRequested: true }) => Stops(),
        _ when _stalled.IsCancellationRequested => new(ErrorCode.ClientTooSlow, $"There was no progress for {_limit.TotalSeconds:0.#} s."),
        _ => null,
    };

    public void Dispose()
    {
        _any.Dispose();
        _stalled.Dispose();
    }

    private static GraneroException Stops() => new(ErrorCode.GatewayStops, "This gateway stops: go on with another, or when it is back.");
}
