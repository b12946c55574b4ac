using System.Net;
using System.Net.Sockets;

namespace Granero.Support;

/// <summary>Which addresses are in one hand.</summary>
internal static class IpNetworks
{
    /// <returns>The address itself, or the /64 of IPv6: whoever has one address of it has all.</returns>
    public static string Of(string ip) =>
        IPAddress.TryParse(ip, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. parsed.GetAddressBytes()[..8], .. new byte[8]]).ToString()
            : ip;
}
