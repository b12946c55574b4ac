using System.Net;
using System.Net.Sockets;
using Granero.Schema;

namespace Granero.Silo;

/// <summary>
/// Where the others reach this silo: at the address from which it reaches the database, since they reach that too. Orleans' own choice, the
/// smallest of all, can be in a network that nobody else is in.
/// </summary>
internal static class AdvertisedAddress
{
    private const string Key = "Orleans:Endpoints:AdvertisedIPAddress";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>In compose, a name is known once its container runs.</summary>
    private static readonly TimeSpan NameWithin = TimeSpan.FromSeconds(10);

    /// <summary>Configures it, unless that is done, or the database is on this machine.</summary>
    /// <exception cref="StartupException">The connection string cannot be read.</exception>
    public static async Task ApplyAsync(IConfigurationManager configuration)
    {
        if (configuration[Key] is not null)
            return;
        var connection = ConnectionText.Parse(configuration.GetConnectionString("granero"));
        var first = connection.Host!.Split(',')[0];
        var host = first.Split(':') is [var name, _] ? name : first;
        if (host[0] is not ('/' or '@') && await FindAsync(host, connection.Port) is { } address && !IPAddress.IsLoopback(address))
            configuration[Key] = address.ToString();
    }

    /// <returns>Null if the host has no address; whoever connects to it then says so.</returns>
    private static async Task<IPAddress?> FindAsync(string host, int port)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(BetweenLooks))
        {
            try
            {
                var addresses = await Dns.GetHostAddressesAsync(host);
                return WayTo(new(addresses.MinBy(address => address.AddressFamily)!, port));
            }
            catch (SocketException) when (TimeProvider.System.GetElapsedTime(began) < NameWithin)
            {
                // Not known yet.
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    /// <remarks>Connecting a UDP socket sends nothing.</remarks>
    private static IPAddress WayTo(IPEndPoint there)
    {
        using var socket = new Socket(there.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(there);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }
}
