namespace Granero.Gateways.Tcp.Support;

/// <summary>Health over HTTP, on the loopback address only.</summary>
internal static class HealthEndpoints
{
    public const int DefaultPort = 8081;

    /// <summary>Live: the process answers. Ready: it has a silo to talk to and is not stopping. Neither asks Postgres.</summary>
    public static void MapHealth(this WebApplication app)
    {
        var (link, lifetime) = (app.Services.GetRequiredService<ClusterLink>(), app.Lifetime);
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", () => link.IsUp && !lifetime.ApplicationStopping.IsCancellationRequested
            ? Results.Text("ready")
            : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
