using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Granero.Silo;

/// <summary>
/// <c>/health/live</c> and <c>/health/ready</c> on loopback, <c>Health:Port</c>. Live says that the process answers, and never
/// asks Postgres; ready says that the silo is an active member of the cluster, until the first moment of a stop.
/// </summary>
internal static class Health
{
    private const int DefaultPort = 8081;

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        var port = builder.Configuration.ReadPort("Health:Port", DefaultPort);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        builder.Services.AddHealthChecks().AddCheck<SiloIsActive>("silo");
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
    }

    private sealed class SiloIsActive(ISiloStatusOracle silo, IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            var serves = silo.CurrentStatus == SiloStatus.Active && !lifetime.ApplicationStopping.IsCancellationRequested;
            return Task.FromResult(serves ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        }
    }
}
