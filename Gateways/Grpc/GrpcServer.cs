using Granero.Gateways.Grpc.Peers;
using Granero.Gateways.Grpc.Support;
using Granero.Gateways.Hosting;
using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc;

/// <summary>The gRPC side of the process: its port, its limits, its services, with health and reflection.</summary>
internal static class GrpcServer
{
    /// <summary>A chunk of a file and its header fit; nothing that is asked here needs more.</summary>
    private const int MaxMessageBytes = 128 * 1024;

    /// <summary>A stream's output that the client has not taken yet; enough to read the next block of a file meanwhile.</summary>
    private const int MaxResponseBufferBytes = 512 * 1024;

    private static readonly TimeSpan PingIdleClientsAfter = TimeSpan.FromSeconds(30);

    public static void AddGrpcServer(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<GrpcOptions>().BindConfiguration(GrpcOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<GrpcOptions>, GrpcOptions>();
        builder.Services.AddOptions<GrainRetryOptions>().Configure<IOptions<GrpcOptions>>((retry, grpc) => retry.RetryFor = grpc.Value.RetryFor);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxMessageBytes;
            grpc.MaxSendMessageSize = null;
            grpc.Interceptors.Add<StatusInterceptor>();
        });
        // What is compressed is unpacked whole before its size is known: no client that is known compresses, and none may. Once AddGrpc has added its own.
        builder.Services.Configure<GrpcServiceOptions>(grpc => grpc.CompressionProviders.Clear());
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks(MapServices).AddCheck<ClusterHealth>("cluster");
        // What a watching client hears, and how soon.
        builder.Services.Configure<HealthCheckPublisherOptions>(health => health.Delay = health.Period = TimeSpan.FromSeconds(1));
        builder.WebHost.ConfigureKestrel(Listen);
    }

    public static void MapGrpcServer(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.MapPeers();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }

    private static void MapServices(GrpcHealthChecksOptions health)
    {
        health.Services.Map("", _ => true);
        health.Services.Map(Peers.Wire.PeerService.Descriptor.FullName, _ => true);
        health.Services.Map(Peers.V1.Files.Descriptor.FullName, _ => true);
    }

    private static void Listen(KestrelServerOptions kestrel)
    {
        var limits = kestrel.ApplicationServices.GetRequiredService<IOptions<GrpcOptions>>().Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
        kestrel.Limits.MaxResponseBufferSize = MaxResponseBufferBytes;
        kestrel.Limits.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingIdleClientsAfter;
        kestrel.ListenAnyIP(limits.Port, port => port.Protocols = HttpProtocols.Http2);
    }
}
