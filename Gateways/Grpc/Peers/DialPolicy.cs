using System.Net;
using Granero.Peers;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>
/// Which addresses the gateway may dial. A peer chooses the address that it logs in with, so without this anybody could have the
/// gateway reach what only the gateway can reach.
/// </summary>
internal sealed class DialPolicy(IOptions<PeersOptions> options)
{
    /// <summary>Never a peer, whatever the configuration says.</summary>
    private static readonly IPNetwork[] NeverPeers = Networks(
        "0.0.0.0/8", "::/128",                                    // unspecified
        "169.254.0.0/16", "fe80::/10",                            // link-local, and with it most metadata services
        "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128", // metadata services elsewhere
        "224.0.0.0/4", "ff00::/8",                                // multicast
        "240.0.0.0/4",                                            // reserved, and broadcast
        "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"); // IPv4 in disguise

    private static readonly IPNetwork[] Loopback = Networks("127.0.0.0/8", "::1/128");

    private readonly IPNetwork[] _allowed = Networks(options.Value.AllowedNetworks);
    private readonly IPNetwork[] _denied = Networks(options.Value.DeniedNetworks);
    private readonly bool _allowLoopback = options.Value.AllowLoopback;

    public bool Allows(IPAddress address)
    {
        var plain = PeerAddress.Canonical(address);
        return Contains(Loopback, plain)
            ? _allowLoopback && !Contains(_denied, plain)
            : !Contains(NeverPeers, plain) && !Contains(_denied, plain) && (_allowed.Length == 0 || Contains(_allowed, plain));
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(network => IPNetwork.Parse(network))];
}
