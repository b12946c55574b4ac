using Granero.Gateways.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Granero.Gateways.Grpc.Support;

/// <summary>Serving: the same as ready over HTTP.</summary>
internal sealed class ClusterHealth(ClusterLink link) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(link.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
