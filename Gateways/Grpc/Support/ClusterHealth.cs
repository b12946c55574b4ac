using Granero.Gateways.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Granero.Gateways.Grpc.Support;

/// <summary>Serving: there is a silo to talk to, and the process is not stopping. Does not ask Postgres.</summary>
internal sealed class ClusterHealth(ClusterLink link, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(link.IsUp && !lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy());
}
