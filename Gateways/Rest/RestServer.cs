using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Peers;
using Granero.Gateways.Rest.Tasks;
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
        builder.Services.AddOpenApi();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<RestOptions>>().Value;
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.ListenAnyIP(options.Port, Door.Main.Mark);
        });
    }

    public static void MapRestServer(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.UseDoors();
        app.UseStatusCodePages(); // what no route takes is answered with ProblemDetails
        app.Use(app.Services.GetRequiredService<Problems>().AnswerAsync);
        app.MapDoor(Door.Main).MapOpenApi();
        app.MapPeers();
        app.MapTasks();
    }
}
