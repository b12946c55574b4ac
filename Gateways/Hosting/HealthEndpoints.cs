using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Granero.Gateways.Hosting;

/// <summary>Health over HTTP, on the loopback address only.</summary>
public static class HealthEndpoints
{
    /// <summary>Unless <c>Health:Port</c> says otherwise.</summary>
    public const int DefaultPort = 8081;

    /// <summary>The port of this process's health.</summary>
    public static int HealthPort(this IConfiguration configuration) => configuration.GetValue("Health:Port", DefaultPort);

    /// <summary>Live: the process answers, and Postgres is not asked. Ready: it has a silo to talk to, Postgres answers, and it is not stopping.</summary>
    public static void MapHealth(this WebApplication app)
    {
        var (link, database) = (app.Services.GetRequiredService<ClusterLink>(), app.Services.GetRequiredService<DatabaseHealth>());
        var port = app.Configuration.HealthPort();
        // Not on the clients' port. By the socket's and not by the Host header, which a simple probe does not send.
        var health = app.MapGroup("/health").AddEndpointFilter(async (call, next) =>
            call.HttpContext.Connection.LocalPort == port ? await next(call) : Results.NotFound());
        health.MapGet("/live", () => Results.Text("live"));
        health.MapGet("/ready", async (CancellationToken gone) => link.IsReady && await database.AnswersAsync(gone)
            ? Results.Text("ready")
            : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
