using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Granero.Silo;

/// <summary>
/// <c>/health/live</c> and <c>/health/ready</c> on loopback, <c>Health:Port</c>. Live says that the process answers, and never
/// asks Postgres; ready says that the silo is an active member of the cluster and Postgres answers it, until the first moment of a stop.
/// </summary>
internal static class Health
{
    private const int DefaultPort = 8081;

    /// <summary>For Postgres' answer: below what those who ask for health commonly wait.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        var port = builder.Configuration.ReadPort("Health:Port", DefaultPort);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        builder.Services.AddHealthChecks().AddCheck<SiloIsActive>("silo").AddCheck<PostgresAnswers>("postgres");
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

    private sealed class PostgresAnswers(NpgsqlDataSource postgres) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            try
            {
                // Left behind when it takes longer: Npgsql does not heed the token while a server that took the connection keeps silent.
                await AskAsync(cancellationToken).WaitAsync(AnswerWithin, cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy("Postgres does not answer.");
            }
        }

        private async Task AskAsync(CancellationToken cancellationToken)
        {
            await using var command = postgres.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
        }
    }
}
