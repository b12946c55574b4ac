using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Hosting;

/// <summary>
/// Calls grains again when they fail for a reason that may pass: a silo that died, a database that restarts. Only for calls that are
/// harmless to repeat: the outcome of a failed one is unknown.
/// </summary>
public sealed partial class GrainRetry(
    ClusterLink link, IMeterFactory meters, IOptions<GrainRetryOptions> options, TimeProvider time, ILogger<GrainRetry> logger)
{
    /// <summary>The meter that counts the calls that were tried again.</summary>
    public const string MeterName = "Granero.Gateways";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    private readonly Counter<long> _retries = meters.Create(MeterName).CreateCounter<long>(
        "granero.gateway.calls.retried", "{call}", "Calls to grains that were tried again.");

    /// <summary>Calls until it succeeds, is refused, or <see cref="GrainRetryOptions.RetryFor"/> has passed; then throws what the last call threw.</summary>
    /// <remarks>Throws an <see cref="OperationCanceledException"/> when the process stops meanwhile, or whoever asked has gone.</remarks>
    /// <param name="call">The call; harmless to repeat.</param>
    /// <param name="cancellationToken">Ends the attempts: whoever asked has gone.</param>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken = default)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                return await call().WaitAsync(link.Interrupted);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested && MayPass(failure) && IsTimeFor(pause, began))
            {
                Count(failure, isFirst: pause == FirstPause);
            }

            await Task.Delay(pause, time, link.Stopping).WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc cref="CallAsync{T}"/>
    public Task CallAsync(Func<Task> call, CancellationToken cancellationToken = default) => CallAsync(
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);

    /// <summary>The next pause between attempts: twice as long, up to 400 ms.</summary>
    public static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private static bool MayPass(Exception failure) => failure is not (GraneroException or ArgumentException or NotSupportedException);

    private bool IsTimeFor(TimeSpan pause, long began) =>
        !link.Stopping.IsCancellationRequested && time.GetElapsedTime(began) + pause <= options.Value.RetryFor;

    private void Count(Exception failure, bool isFirst)
    {
        _retries.Add(1);
        if (isFirst)
        {
            var reason = failure is OperationCanceledException ? "the connection to a silo was lost" : failure.Message;
            LogRetrying(options.Value.RetryFor, failure.GetType().Name, reason);
        }
    }

    [LoggerMessage(9010, LogLevel.Warning, "A call to the cluster failed and is tried again for up to {RetryFor}: {Kind}: {Reason}")]
    private partial void LogRetrying(TimeSpan retryFor, string kind, string reason);
}
