using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>
/// Channels to peers' own servers, kept for the next call, up to <c>Peers:MaxChannels</c>. One handler has all their connections
/// and closes those that are idle, so a channel that is dropped here costs and breaks nothing.
/// </summary>
internal sealed class PeerChannels : IDisposable
{
    private static readonly TimeSpan CloseWhenIdleFor = TimeSpan.FromMinutes(1);

    /// <summary>The known answer is one sentence.</summary>
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, LinkedListNode<PeerChannel>> _channels = [];
    private readonly LinkedList<PeerChannel> _byUse = [];
    private readonly DialPolicy _policy;
    private readonly int _maxChannels;
    private readonly PeerAnswer.Watch _handler;

    public PeerChannels(DialPolicy policy, IOptions<PeersOptions> options)
    {
        (_policy, _maxChannels) = (policy, options.Value.MaxChannels);
        _handler = new(new SocketsHttpHandler
        {
            // A proxy or a redirection would reach what the policy has not seen.
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = options.Value.AnswerWithin,
            PooledConnectionIdleTimeout = CloseWhenIdleFor,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <summary>Channels that are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _channels.Count;
        }
    }

    /// <summary>The channel to a peer, made when there is none; the one that was not used for longest makes room.</summary>
    public CallInvoker To(IPEndPoint endPoint)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(endPoint, out var node)) _channels[endPoint] = node = new(new(endPoint, Open(endPoint)));
            else _byUse.Remove(node);
            _byUse.AddFirst(node);
            if (_channels.Count > _maxChannels) RemoveLast();
            return node.Value.Calls;
        }
    }

    public void Dispose() => _handler.Dispose();

    private void RemoveLast()
    {
        _channels.Remove(_byUse.Last!.Value.EndPoint);
        _byUse.RemoveLast();
    }

    private CallInvoker Open(IPEndPoint endPoint) => GrpcChannel.ForAddress($"http://{endPoint}", new GrpcChannelOptions
    {
        HttpHandler = _handler,
        DisposeHttpClient = false,
        MaxReceiveMessageSize = MaxAnswerBytes,
        CompressionProviders = [], // the limit holds only once a message is unpacked
    }).CreateCallInvoker();

    /// <summary>Judges what is really dialled, whatever came before.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var address = IPAddress.Parse(context.DnsEndPoint.Host);
        if (!_policy.Allows(address)) throw new IOException($"No connection to {address}: peers there are not dialled.");

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed record PeerChannel(IPEndPoint EndPoint, CallInvoker Calls);
}
