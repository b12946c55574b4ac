namespace Granero.Gateways.Grpc.Support;

/// <summary>How long streams may go on once the process is told to stop: a download of a gigabyte would outlast it.</summary>
internal sealed class StopGrace : IDisposable
{
    /// <summary>Half of what a stop may take in all.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _over = new();

    public StopGrace(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(() => _over.CancelAfter(Grace));

    public CancellationToken Over => _over.Token;

    public void Dispose() => _over.Dispose();
}
