using Granero.Cluster;
using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Live;
using Granero.Gateways.Rest.Operators;

namespace Granero.Gateways.Rest.Cluster;

/// <summary>What operators see of the silos and the database.</summary>
internal sealed class ClusterAdmin(IGrainFactory grains, GrainRetry retry, LiveStream live)
{
    private IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(0);

    public IResult Watch(HttpContext http) => live.Of(http, "cluster", async ended => await Cluster.Look(ended));

    public Task<ClusterBoard> LookAsync(HttpContext http) => retry.CallAsync(() => Cluster.Look(), http.RequestAborted);
}

internal static class ClusterAdminRoutes
{
    public static void AddClusterAdmin(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ClusterAdmin>();

    public static void MapClusterAdmin(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<ClusterAdmin>();
        var admin = app.MapAdmin("/cluster", "Cluster");
        admin.MapGet("/live", api.Watch).WithSummary("The silos and the database, live").WithDescription("Server-sent events of the type cluster, once a second.").WithExample(StatusCodes.Status200OK)
            .Produces<ClusterBoard>(contentType: "text/event-stream");
        admin.MapGet("", (Delegate)api.LookAsync).WithSummary("The silos, what is active on them, and the database").WithDescription("May be a second old. Silos that ended within the last ten minutes are among them.").WithExample(StatusCodes.Status200OK);
    }
}
