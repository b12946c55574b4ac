using Granero.Gateways.Hosting;
using Granero.Gateways.Rest;
using Granero.Gateways.Rest.Accounts;
using Granero.Gateways.Rest.Peers;
using Granero.Gateways.Rest.Tasks;
using Granero.Gateways.Rest.Videos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granero.Tests.Support.Peers;

/// <summary>The REST gateway as it is, on a port of its own, but for the cluster that it talks to.</summary>
internal sealed class PeersGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PeersGateway(WebApplication app) => _app = app;

    /// <summary>Where its clients call it.</summary>
    public Uri Address => AddressOf(1);

    /// <summary>Where the clients of tasks and videos call the same process.</summary>
    public Uri MainAddress => AddressOf(0);

    public static Task<PeersGateway> StartAsync(IGrainFactory grains, params (string Key, string Value)[] settings) =>
        StartAsync(grains, TimeProvider.System, settings);

    public static async Task<PeersGateway> StartAsync(IGrainFactory grains, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Peers:Port", "0"), new("Rest:Port", "0")]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton(grains);
        builder.Services.AddSingleton(time);
        builder.Services.AddGrainRetry();
        builder.AddRestServer();
        builder.AddPeers();
        builder.AddTasks();
        builder.AddAccounts();
        builder.AddVideos();
        var app = builder.Build();
        app.MapRestServer();
        await app.StartAsync();
        return new(app);
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Uri AddressOf(int port) => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
        .ElementAt(port).Replace("[::]", "127.0.0.1", StringComparison.Ordinal));
}
