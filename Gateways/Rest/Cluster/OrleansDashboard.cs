using Granero.Gateways.Rest.Operators;
using Orleans.Dashboard;

namespace Granero.Gateways.Rest.Cluster;

/// <summary>
/// Orleans' own dashboard at <c>/admin/dashboard</c>, for operators like all below <c>/admin</c>. Silos collect what it shows only if the setting is
/// on with them, too.
/// </summary>
internal static class OrleansDashboard
{
    /// <summary>The setting, of silos and REST gateways.</summary>
    public const string Setting = "Admin:Dashboard";

    public const string Path = "/admin/dashboard/";

    /// <summary>It styles its charts and its editor itself, and carries icons and fonts as data.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static bool HasDashboard(this IConfiguration configuration) => configuration.GetValue(Setting, false);

    public static void AddOrleansDashboard(this WebApplicationBuilder builder)
    {
        // The package adds services and nothing else; that of all gateways has made the client of the cluster.
        if (builder.Configuration.HasDashboard())
            new Services(builder.Services, builder.Configuration).AddDashboard(dashboard => dashboard.HideTrace = true);
    }

    public static void MapOrleansDashboard(this WebApplication app)
    {
        if (!app.Configuration.HasDashboard())
            return;
        var dashboard = app.MapAdmin("/dashboard", "Cluster").ExcludeFromDescription();
        dashboard.AddEndpointFilter(async (call, next) =>
        {
            call.HttpContext.Response.Headers.ContentSecurityPolicy = Policy;
            call.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
            // It shows a grain's state by calling whatever the grain offers without arguments, which may change something, and is in no record.
            return call.HttpContext.Request.Path.StartsWithSegments("/admin/dashboard/GrainState", StringComparison.OrdinalIgnoreCase)
                ? Results.Problem("The state of grains is not shown.", statusCode: StatusCodes.Status403Forbidden)
                : await next(call);
        });
        dashboard.MapOrleansDashboard();
    }

    private sealed record Services(IServiceCollection Collection, IConfiguration Configuration) : IClientBuilder
    {
        IServiceCollection IClientBuilder.Services => Collection;
    }
}
