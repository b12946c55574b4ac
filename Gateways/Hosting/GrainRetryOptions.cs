namespace Granero.Gateways.Hosting;

/// <summary>How patient a gateway is with the cluster; each has a setting for it.</summary>
public sealed class GrainRetryOptions
{
    /// <summary>How long a call to a grain that failed for a passing reason is tried again.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);
}
