using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granero.Bench.Peers;

/// <summary>A kept connection that speaks as much HTTP/1.1 as the REST gateway's replies need, and costs next to nothing.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int TimeoutMilliseconds = 60_000;

    private readonly Socket socket;
    private readonly byte[] buffer = new byte[1 << 20];

    public HttpConnection(IPEndPoint target)
    {
        socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = TimeoutMilliseconds, SendTimeout = TimeoutMilliseconds,
        };
        socket.Connect(target);
    }

    /// <summary>A POST with a body of JSON, ready to be sent any number of times.</summary>
    public static byte[] Request(string path, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var head = string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: granero\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>Sends a request and returns the body of its reply, which is good until the next one. Blocks.</summary>
    /// <exception cref="BenchException">The reply is not a 200.</exception>
    public ReadOnlySpan<byte> Exchange(byte[] request)
    {
        for (var sent = 0; sent < request.Length;) sent += socket.Send(request.AsSpan(sent));
        var received = 0;
        int head;
        while ((head = buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8)) < 0) received += Receive(received);
        var (start, length) = (head + 4, ContentLength(buffer.AsSpan(0, head + 2)));
        if (start + length > buffer.Length) throw new BenchException($"A reply of {length:N0} bytes is longer than anything that was asked for.");
        while (received < start + length) received += Receive(received);
        var body = buffer.AsSpan(start, length);
        if (!buffer.AsSpan().StartsWith("HTTP/1.1 200 "u8))
            throw new BenchException($"The gateway answered: {Encoding.UTF8.GetString(buffer.AsSpan(0, head)).Split('\r')[0]} {Encoding.UTF8.GetString(body)}");
        return body;
    }

    public void Dispose() => socket.Dispose();

    private int Receive(int at)
    {
        var count = socket.Receive(buffer.AsSpan(at));
        return count > 0 ? count : throw new BenchException("The gateway closed a connection instead of answering: see its log.");
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var field = "Content-Length: "u8;
        var value = head[(head.IndexOf(field) + field.Length)..];
        return head.IndexOf(field) >= 0
            ? int.Parse(value[..value.IndexOf("\r\n"u8)], NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new BenchException("A reply of the gateway does not say how long it is.");
    }
}
