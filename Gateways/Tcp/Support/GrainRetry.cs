using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp.Support;

/// <summary>
/// Calls grains again when they fail for a reason that may pass: a silo that died, a database that restarts. Only for calls that are
/// harmless to repeat: the outcome of a failed one is unknown.
/// </summary>
internal sealed partial class GrainRetry(ClusterLink link, GatewayMeter meter, IOptions<TcpOptions> options, TimeProvider time, ILogger<GrainRetry> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Calls until it succeeds, is refused, or <c>Tcp:RetryFor</c> has passed; then throws what the last call threw.</summary>
    public async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                return await call().WaitAsync(link.Interrupted);
            }
            catch (Exception failure) when (MayPass(failure) && IsTimeFor(pause, began))
            {
                Count(failure, isFirst: pause == FirstPause);
            }

            await Task.Delay(pause, time, link.Stopping);
        }
    }

    /// <summary>The next pause between attempts: twice as long, up to a second.</summary>
    public static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private static bool MayPass(Exception failure) => failure is not (GraneroException or ArgumentException or NotSupportedException);

    private bool IsTimeFor(TimeSpan pause, long began) =>
        !link.Stopping.IsCancellationRequested && time.GetElapsedTime(began) + pause <= options.Value.RetryFor;

    private void Count(Exception failure, bool isFirst)
    {
        meter.CallRetried();
        if (isFirst)
        {
            var reason = failure is OperationCanceledException ? "the connection to a silo was lost" : failure.Message;
            LogRetrying(options.Value.RetryFor, failure.GetType().Name, reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A call to the cluster failed and is tried again for up to {RetryFor}: {Kind}: {Reason}")]
    private partial void LogRetrying(TimeSpan retryFor, string kind, string reason);
}
