using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Granero.Gateways.Tcp.Support;

/// <summary>What is known of the other end of a connection.</summary>
internal enum PeerPresence
{
    /// <summary>Nothing speaks against its being there.</summary>
    Here,

    /// <summary>It sends nothing more (FIN). It may still read.</summary>
    HalfClosed,

    /// <summary>It will read nothing more (RST).</summary>
    Gone,
}

/// <summary>What the kernel says of a connection's peer, at once and whatever has been read: <c>struct tcp_info</c> of Linux' tcp.h.</summary>
internal readonly struct PeerSocket(IFeatureCollection features)
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const int BytesAcknowledgedAt = 120;
    private const int InfoBytes = 128;
    private const byte Established = 1;
    private const byte Closed = 7;

    private readonly Socket? _socket = OperatingSystem.IsLinux() ? features.Get<IConnectionSocketFeature>()?.Socket : null;

    /// <summary>Bytes that have arrived and have not been read from the socket.</summary>
    public int Unread
    {
        get
        {
            try
            {
                return _socket?.Available ?? 0;
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
            {
                return 0;
            }
        }
    }

    /// <param name="acknowledged">Bytes of ours that the peer's kernel has confirmed.</param>
    /// <returns>Null where the kernel cannot be asked.</returns>
    public PeerPresence? Look(out long acknowledged)
    {
        acknowledged = 0;
        Span<byte> info = stackalloc byte[InfoBytes];
        try
        {
            if (_socket is null || _socket.GetRawSocketOption(Tcp, TcpInfo, info) < InfoBytes)
            {
                return null;
            }
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
        {
            return PeerPresence.Gone; // the transport closes it before the connection's end only when it was reset
        }

        acknowledged = MemoryMarshal.Read<long>(info[BytesAcknowledgedAt..]);
        return info[0] switch
        {
            Established => PeerPresence.Here,
            Closed => PeerPresence.Gone,
            _ => PeerPresence.HalfClosed,
        };
    }
}
