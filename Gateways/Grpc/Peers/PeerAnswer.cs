using System.Globalization;
using System.Net;
using Grpc.Core;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>
/// Tells what a peer's server has answered by gRPC from what the client made of no such answer: both are an <see cref="RpcException"/>,
/// and only the former came with a <c>grpc-status</c>.
/// </summary>
internal sealed class PeerAnswer
{
    private const string StatusHeader = "grpc-status";

    private static readonly AsyncLocal<PeerAnswer?> Awaited = new();

    private HttpResponseMessage? _response;

    /// <summary>The answer to the call that the current method makes next.</summary>
    public static PeerAnswer Next() => Awaited.Value = new();

    /// <returns>Whether the server itself has said so.</returns>
    public bool Is(StatusCode code) => _response is { StatusCode: HttpStatusCode.OK } response
        && (response.TrailingHeaders.TryGetValues(StatusHeader, out var status) || response.Headers.TryGetValues(StatusHeader, out status))
        && status.First() == ((int)code).ToString(CultureInfo.InvariantCulture);

    /// <summary>Keeps hold of the answers that are awaited.</summary>
    public sealed class Watch(HttpMessageHandler connections) : DelegatingHandler(connections)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (Awaited.Value is { } answer) answer._response = response;
            return response;
        }
    }
}
