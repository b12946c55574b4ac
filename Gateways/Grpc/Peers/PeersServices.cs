using System.Net;
using Granero.Gateways.Grpc.Support;
using Granero.Gateways.Hosting.Peers;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>What the peers' services are made of.</summary>
internal static class PeersServices
{
    public static void AddPeers(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<PeersOptions>().BindConfiguration(PeersOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PeersOptions>, PeersOptionsRules>();
        builder.Services.AddSingleton<DialPolicy>().AddSingleton<PeerChannels>();
        builder.Services.AddSingleton<FileStore>().AddSingleton<Downloads>().AddSingleton<Uploads>().AddSingleton<UploadPlaces>().AddSingleton<StopGrace>();
        builder.Services.AddHostedService<StoreSweep>();
        builder.Services.AddLeaseRenewal();
    }

    public static void MapPeers(this WebApplication app)
    {
        app.Use(NoteCaller);
        app.MapGrpcService<PeerServiceRelay>();
        app.MapGrpcService<FilesService>();
    }

    /// <summary>Whoever calls from where a peer logged in shows that the peer is there.</summary>
    private static Task NoteCaller(HttpContext http, RequestDelegate next)
    {
        http.RequestServices.GetRequiredService<LeaseRenewal>().Note(http.Connection.RemoteIpAddress ?? IPAddress.None, token: null);
        return next(http);
    }
}
