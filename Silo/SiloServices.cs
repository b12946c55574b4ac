using Granero.Schema;
using Granero.Telemetry;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Storage;

namespace Granero.Silo;

/// <summary>What makes a host a silo of Granero, on top of what the section <c>Orleans</c> of its configuration says.</summary>
internal static class SiloServices
{
    public static void AddSilo(this IHostApplicationBuilder builder)
    {
        builder.Configuration.ReadPort("Orleans:Endpoints:SiloPort", EndpointOptions.DEFAULT_SILO_PORT);
        builder.Configuration.ReadPort("Orleans:Endpoints:GatewayPort", EndpointOptions.DEFAULT_GATEWAY_PORT);
        builder.UseOrleans(silo =>
        {
            silo.AddGrainServices();
            if (builder.Configuration.IsTelemetryOn())
                silo.AddActivityPropagation();
            if (builder.Configuration.GetValue("Admin:Dashboard", false))
                silo.AddDashboard(); // what it shows is collected here; a REST gateway shows it
        });
        // Orleans reads the rest of its section by itself, and leaves this one out.
        builder.Services.Configure<ClusterMembershipOptions>(builder.Configuration.GetSection("Orleans:ClusterMembership"));
        builder.Services.AddKeyedSingleton<IGrainStorageSerializer, JsonStateSerializer>(JsonStateSerializer.Key);
    }

    /// <exception cref="StartupException">What is configured is no port.</exception>
    public static int ReadPort(this IConfiguration configuration, string key, int otherwise) => configuration[key] switch
    {
        null => otherwise,
        var text when ushort.TryParse(text, out var port) && port > 0 => port,
        var text => throw new StartupException($"{key} is '{text}': set it to a port from 1 to 65535."),
    };
}
