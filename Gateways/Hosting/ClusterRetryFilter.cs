using Microsoft.Extensions.Logging;

namespace Granero.Gateways.Hosting;

/// <summary>At start, waits for the cluster for as long as it takes, and says so every few seconds.</summary>
internal sealed partial class ClusterRetryFilter(TimeProvider time, ILogger<ClusterRetryFilter> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(5);
    private long? _said;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (_said is not { } said || time.GetElapsedTime(said) >= SayEvery)
        {
            _said = time.GetTimestamp();
            LogWaiting(exception.GetBaseException().Message);
        }

        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }

    [LoggerMessage(9006, LogLevel.Warning, "Waiting for the cluster; is a silo running, and is ConnectionStrings:granero the silo's? {Reason}")]
    private partial void LogWaiting(string reason);
}
