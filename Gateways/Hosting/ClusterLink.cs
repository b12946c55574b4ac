using Microsoft.Extensions.Hosting;

namespace Granero.Gateways.Hosting;

/// <summary>Whether this process has a silo to talk to, and when calls that are under way will get no answer any more.</summary>
public sealed class ClusterLink : IClusterConnectionStatusObserver, IDisposable
{
    /// <summary>What a call that is under way may still take once the process is told to stop.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// For so long after a loss, every so often, calls are given up anew: until the others have declared the silo dead, a call may still be sent on its
    /// way, be lost there, and be answered by nobody until its timeout.
    /// </summary>
    private const int Echoes = 12;

    private static readonly TimeSpan EchoEvery = TimeSpan.FromMilliseconds(500);

    private readonly ITimer _echo;
    private readonly CancellationTokenRegistration _stop;
    private CancellationTokenSource _epoch = new();
    private int _echoesLeft;
    private int _silos;

    /// <param name="lifetime">Tells when the process begins to stop.</param>
    /// <param name="time">The clock.</param>
    public ClusterLink(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _echo = time.CreateTimer(_ => Echo(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Stopping = lifetime.ApplicationStopping;
        _stop = Stopping.Register(() => _epoch.CancelAfter(StopGrace));
    }

    /// <summary>Whether there is a silo that calls can be sent to.</summary>
    public bool IsUp => Volatile.Read(ref _silos) > 0;

    /// <summary>Whether the process serves: there is a silo, and it is not stopping. Does not ask Postgres.</summary>
    public bool IsReady => IsUp && !Stopping.IsCancellationRequested;

    /// <summary>Cancelled when the process begins to stop: nothing is tried again from then on.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>
    /// Cancelled when a connection to a silo is lost, and some times in the seconds after it. The Orleans client leaves the calls that were
    /// lost waiting for their whole timeout; those who hold this token can send them again at once.
    /// </summary>
    public CancellationToken Interrupted => Volatile.Read(ref _epoch).Token;

    /// <inheritdoc/>
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        Volatile.Write(ref _silos, currentNumberOfGateways);
        if (currentNumberOfGateways < previousNumberOfGateways && !Stopping.IsCancellationRequested)
        {
            Volatile.Write(ref _echoesLeft, Echoes);
            Interrupt();
            _echo.Change(EchoEvery, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void NotifyClusterConnectionLost()
    {
        // The count says the same, and says it for each silo.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _echo.Dispose();
        _epoch.Dispose();
    }

    private void Echo()
    {
        if (Stopping.IsCancellationRequested)
            return;

        Interrupt();
        if (Interlocked.Decrement(ref _echoesLeft) > 0)
            _echo.Change(EchoEvery, Timeout.InfiniteTimeSpan);
    }

    // Not disposed: callers may still be registering with its token.
    private void Interrupt() => _ = Interlocked.Exchange(ref _epoch, new CancellationTokenSource()).CancelAsync();
}
