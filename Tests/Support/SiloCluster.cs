using Granero.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Granero.Tests.Support;

/// <summary>Silos within this process, on a database of the test's.</summary>
internal static class SiloCluster
{
    /// <summary>Silos that are configured as in production, but for where they find each other.</summary>
    public static InProcessTestCluster Build(TestDatabase database, short silos, params (string Key, string Value)[] settings) =>
        Build(database, silos, _ => { }, settings);

    public static async Task<InProcessTestCluster> DeployAsync(TestDatabase database, short silos, params (string Key, string Value)[] settings)
    {
        var cluster = Build(database, silos, settings);
        await cluster.DeployAsync();
        return cluster;
    }

    /// <summary>One silo with something that the test adds to it.</summary>
    public static async Task<InProcessTestCluster> DeployAsync(
        TestDatabase database, Action<ISiloBuilder> add, params (string Key, string Value)[] settings)
    {
        var cluster = Build(database, silos: 1, add, settings);
        await cluster.DeployAsync();
        return cluster;
    }

    private static InProcessTestCluster Build(
        TestDatabase database, short silos, Action<ISiloBuilder> add, (string Key, string Value)[] settings)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "silo.json"));
            // An engine on this machine is for the tests that are about it. Crowds of logins come on machines that are busy with other tests.
            host.Configuration.AddInMemoryCollection([new("Tasks:Runner", "false"), new("Passwords:LongestWait", "00:00:10")]);
            host.Configuration.AddInMemoryCollection(
                [
                    new("ConnectionStrings:granero", database.ConnectionString),
                    .. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
                ]);
            host.AddSilo();
        });
        builder.ConfigureSilo((_, silo) => add(silo));
        // A call that was on its way to a silo when that was killed is answered by nobody. One silo alone is not killed, and may take its time.
        var patience = TimeSpan.FromSeconds(silos == 1 ? 30 : 2);
        builder.ConfigureClient(client =>
        {
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = patience);
            if (settings.Any(setting => setting.Key == "OTEL_EXPORTER_OTLP_ENDPOINT"))
                client.AddActivityPropagation();
        });
        return builder.Build();
    }
}
