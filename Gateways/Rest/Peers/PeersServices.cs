using Granero.Gateways.Hosting.Peers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Peers;

/// <summary>The peers' part of the gateway: its settings, its port, its services.</summary>
internal static class PeersServices
{
    public static void AddPeers(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<PeersOptions>().BindConfiguration(PeersOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PeersOptions>, PeersOptions>();
        builder.Services.AddSingleton<PeersApi>().AddSingleton<LargeBodies>();
        builder.Services.AddLeaseRenewal();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(
            kestrel.ApplicationServices.GetRequiredService<IOptions<PeersOptions>>().Value.Port,
            port =>
            {
                port.Protocols = HttpProtocols.Http1;
                Door.Peers.Mark(port);
            }));
    }
}
