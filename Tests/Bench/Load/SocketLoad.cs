using System.Net;
using System.Net.Sockets;
using System.Text;
using Granero.Bench.Lottery;

namespace Granero.Bench.Load;

/// <summary>An agency's frames over a connection that is kept, or one for each frame. Both protocols acknowledge with a fixed five bytes.</summary>
internal sealed class SocketLoad(IPEndPoint target, Frames frames, byte[] ack, bool keep) : ILoad
{
    private const int TimeoutMilliseconds = 60_000;

    private readonly byte[] reply = new byte[ack.Length];
    private Socket? kept = keep ? Connect(target) : null;

    public int Requests => frames.Requests;

    public int ItemsIn(int request) => frames.ItemsIn(request);

    public void Send(int request)
    {
        if (kept is not null)
        {
            Exchange(kept, frames[request]);
            return;
        }
        using var socket = Connect(target);
        Exchange(socket, frames[request]);
    }

    /// <summary>Hands over the connection, for what the agency says after its bets.</summary>
    public Socket TakeOver()
    {
        var socket = kept ?? Connect(target);
        kept = null;
        return socket;
    }

    public void Dispose() => kept?.Dispose();

    private static Socket Connect(IPEndPoint target)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = TimeoutMilliseconds, SendTimeout = TimeoutMilliseconds,
        };
        socket.Connect(target);
        return socket;
    }

    private void Exchange(Socket socket, byte[] frame)
    {
        for (var sent = 0; sent < frame.Length;) sent += socket.Send(frame.AsSpan(sent));
        for (var read = 0; read < reply.Length;)
        {
            var count = socket.Receive(reply.AsSpan(read));
            if (count == 0) throw new BenchException("The gateway closed a connection instead of acknowledging bets: see its log.");
            read += count;
        }
        if (!reply.AsSpan().SequenceEqual(ack)) throw new BenchException($"The gateway did not acknowledge bets, it said: {Readable(socket)}");
    }

    private string Readable(Socket socket)
    {
        var more = new byte[4096];
        var count = socket.Available > 0 ? socket.Receive(more) : 0;
        return $"{Convert.ToHexString(reply)} {Encoding.UTF8.GetString(more.AsSpan(0, count))}";
    }
}
