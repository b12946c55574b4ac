using Granero.Gateways.Grpc;
using Granero.Gateways.Grpc.Peers;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Gateways.Hosting;
using Granero.Tests.Support.Peers.Known;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granero.Tests.Support.Peers;

/// <summary>The gRPC gateway as it is, on a port and a store of its own, but for the cluster that it talks to; and clients of it.</summary>
internal sealed class GrpcGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _store;
    private readonly GrpcChannel _channel;

    private GrpcGateway(WebApplication app, DirectoryInfo store)
    {
        (_app, _store) = (app, store);
        Port = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Port}");
        Link.NotifyGatewayCountChanged(1, 0, connectionRecovered: false);
    }

    public int Port { get; }

    public GrpcChannel Channel => _channel;

    public PeerService.PeerServiceClient KnownClient => new(_channel);

    public Files.FilesClient Files => new(_channel);

    public ClusterLink Link => Service<ClusterLink>();

    public CallWatch Calls => Service<CallWatch>();

    public static Task<GrpcGateway> StartAsync(IGrainFactory grains, params (string Key, string Value)[] settings) =>
        StartAsync(grains, TimeProvider.System, settings);

    public static async Task<GrpcGateway> StartAsync(IGrainFactory grains, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var store = Directory.CreateTempSubdirectory("granero-store-");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Grpc:Port", "0"),
            new("Peers:StoreRoot", store.FullName),
            new("Peers:AllowLoopback", "true"),
        ]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton(grains);
        builder.Services.AddSingleton(time);
        builder.Services.AddGrainRetry();
        builder.Services.AddSingleton<CallWatch>();
        builder.AddGrpcServer();
        builder.AddPeers();
        builder.Services.Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<CallWatch>());
        var app = builder.Build();
        app.MapGrpcServer();
        await app.StartAsync();
        return new(app, store);
    }

    /// <summary>Everything in the store that is more than bookkeeping: whole files and what is still being received.</summary>
    public string[] StoredFiles() =>
        [.. _store.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.Extension != ".lock").Select(file => file.FullName)];

    /// <summary>As a SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
        _store.Delete(recursive: true);
    }
}
