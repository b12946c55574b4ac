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

    /// <summary>Live: the process answers. Ready: it has a silo to talk to and is not stopping. Neither asks Postgres.</summary>
    public static void MapHealth(this WebApplication app)
    {
        var (link, lifetime) = (app.Services.GetRequiredService<ClusterLink>(), app.Lifetime);
        var health = app.MapGroup("/health").RequireHost($"*:{app.Configuration.HealthPort()}"); // not on the clients' port
        health.MapGet("/live", () => Results.Text("live"));
        health.MapGet("/ready", () => link.IsUp && !lifetime.ApplicationStopping.IsCancellationRequested
            ? Results.Text("ready")
            : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
