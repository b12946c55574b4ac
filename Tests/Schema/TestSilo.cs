using System.Net;
using Granero.Schema;
using Granero.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Storage;

namespace Granero.Tests.Schema;

/// <summary>
/// A silo in this process on real sockets, configured the way a deployed one is: by the section <c>Orleans</c> alone, with the
/// ADO.NET providers. Only the times after which it misses another silo are shorter.
/// </summary>
internal sealed class TestSilo : IAsyncDisposable
{
    public const string ServiceId = "granero";
    public const string DeletingStorage = "Deleting";

    private readonly IHost _host;

    private TestSilo(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public SiloAddress Address => Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    /// <param name="database">Has the schema.</param>
    /// <param name="clusterId">Silos with the same one find each other.</param>
    /// <param name="endpoint">Where it listens for silos and for clients.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<TestSilo> StartAsync(
        PostgresDatabase database, string clusterId, (int Silo, int Gateway) endpoint, CancellationToken cancellationToken)
    {
        var builder = NewHost(database, clusterId, Endpoints(endpoint));
        builder.Services.AddKeyedSingleton<IGrainStorageSerializer, JsonStateSerializer>(JsonStateSerializer.Key);
        builder.Services.Configure<AdoNetGrainStorageOptions>(DeletingStorage, options => options.DeleteStateOnClear = true);
        builder.Services.Configure<ClusterMembershipOptions>(options =>
        {
            // Three times this, and a silo is declared dead: a test waits for it, and a busy machine must not come near it, for a
            // silo that finds itself declared dead ends the process, and with it every test.
            options.ProbeTimeout = TimeSpan.FromSeconds(2);
            options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
        });
        builder.UseOrleans();
        return new(await StartAsync(builder, cancellationToken));
    }

    /// <summary>A client outside the silos: it learns from the database where they are.</summary>
    public static async Task<IHost> StartClientAsync(PostgresDatabase database, string clusterId, CancellationToken cancellationToken)
    {
        var builder = NewHost(database, clusterId, []);
        builder.UseOrleansClient();
        return await StartAsync(builder, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static HostApplicationBuilder NewHost(PostgresDatabase database, string clusterId, IEnumerable<KeyValuePair<string, string?>> more)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:granero", database.ConnectionString),
            new("Orleans:ClusterId", clusterId),
            new("Orleans:ServiceId", ServiceId),
            .. Provider("Orleans:Clustering"),
            .. more,
        ]);
        return builder;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Endpoints((int Silo, int Gateway) endpoint) =>
    [
        new("Orleans:Endpoints:AdvertisedIPAddress", IPAddress.Loopback.ToString()),
        new("Orleans:Endpoints:SiloPort", $"{endpoint.Silo}"),
        new("Orleans:Endpoints:GatewayPort", $"{endpoint.Gateway}"),
        .. Provider("Orleans:Reminders"),
        .. Provider("Orleans:GrainStorage:Default"),
        new("Orleans:GrainStorage:Default:SerializerKey", JsonStateSerializer.Key),
        .. Provider($"Orleans:GrainStorage:{DeletingStorage}"),
        new($"Orleans:GrainStorage:{DeletingStorage}:SerializerKey", JsonStateSerializer.Key),
    ];

    private static IEnumerable<KeyValuePair<string, string?>> Provider(string section) =>
    [
        new($"{section}:ProviderType", "AdoNet"),
        new($"{section}:Invariant", "Npgsql"),
        new($"{section}:ConnectionName", "granero"),
    ];

    private static async Task<IHost> StartAsync(HostApplicationBuilder builder, CancellationToken cancellationToken)
    {
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }
}
