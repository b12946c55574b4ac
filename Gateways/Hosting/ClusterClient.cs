using System.Net;
using Granero.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Granero.Gateways.Hosting;

/// <summary>What makes a web application a gateway to the cluster.</summary>
public static class ClusterClient
{
    /// <summary>Kestrel's stop and the client's together, below the 5 s that a stop may take.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(4);

    /// <summary>
    /// A gateway asks its silos so often what the cluster can do. Orleans' minute is longer than a call is tried again: a gateway that started before
    /// the first silo that runs containers would refuse tasks for so long.
    /// </summary>
    private static readonly TimeSpan BetweenLooksAtCluster = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Adds the client of the cluster that the section <c>Orleans</c> describes, health on its own port, and <see cref="GrainRetry"/>. The gateway
    /// listens once a silo has answered, and a mistake in what all gateways need to be told stops its start.
    /// </summary>
    public static void AddClusterClient(this WebApplicationBuilder builder)
    {
        var passwordFault = PasswordFile.Apply(builder.Configuration);
        builder.Services.AddOptions<GrainRetryOptions>().Validate(_ => passwordFault is null, passwordFault ?? "");
        builder.Services.AddGrainRetry();
        builder.Services.AddSingleton<DatabaseHealth>();
        builder.Services.AddSingleton<IClusterConnectionStatusObserver>(services => services.GetRequiredService<ClusterLink>());
        builder.Services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayRules>();
        builder.Services.AddOptions<GatewayOptions>().ValidateOnStart().Configure<IConfiguration>((gateway, configuration) =>
            (gateway.HealthPort, gateway.ConnectionString) = (configuration.HealthPort(), configuration.GetConnectionString("granero")));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        builder.Services.Configure<TypeManagementOptions>(types => types.TypeMapRefreshInterval = BetweenLooksAtCluster);
        builder.UseOrleansClient(client =>
        {
            client.UseConnectionRetryFilter<ClusterRetryFilter>();
            if (builder.Configuration.IsTelemetryOn())
                client.AddActivityPropagation();
        });
        builder.AddTelemetry(builder.Environment.ApplicationName.ToLowerInvariant().Replace('.', '-')); // granero-gateways-tcp
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, builder.Configuration.HealthPort()));
    }

    /// <summary>Adds <see cref="GrainRetry"/> and what it needs.</summary>
    public static void AddGrainRetry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ClusterLink>();
        services.TryAddSingleton<GrainRetry>();
    }
}
