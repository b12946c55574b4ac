namespace Granero.Gateways.Grpc.Support;

/// <summary>Cancels a call whose client has gone, or makes no progress for a time.</summary>
internal sealed class StallTimer : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _call;
    private readonly CancellationTokenSource _stalled;
    private readonly CancellationTokenSource _either;

    public StallTimer(TimeSpan limit, TimeProvider time, CancellationToken call)
    {
        (_limit, _call) = (limit, call);
        _stalled = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(call, _stalled.Token);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>It was the lack of progress, while the client is still there.</summary>
    public bool HasStalled => _stalled.IsCancellationRequested && !_call.IsCancellationRequested;

    /// <summary>There has been progress: the time begins anew.</summary>
    public void Restart() => _stalled.CancelAfter(_limit);

    public void Dispose()
    {
        _either.Dispose();
        _stalled.Dispose();
    }
}
