using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Peers;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest;

/// <summary>The HTTP side of the process: its limits and its routes.</summary>
internal static class RestServer
{
    public static void AddRestServer(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RestOptions>().BindConfiguration(RestOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RestOptions>, RestOptions>();
        builder.Services.AddOptions<GrainRetryOptions>().Configure<IOptions<RestOptions>>((retry, rest) => retry.RetryFor = rest.Value.RetryFor);
        builder.Services.AddSingleton<Problems>();
        builder.Services.AddProblemDetails();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = kestrel.ApplicationServices.GetRequiredService<IOptions<RestOptions>>().Value.MaxConnections;
        });
    }

    public static void MapRestServer(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.UseStatusCodePages(); // what no route takes is answered with ProblemDetails
        app.MapPeers();
    }
}
