using System.Net;
using Granero.Gateways.Grpc.Peers.Wire;
using Granero.Gateways.Hosting;
using Granero.Peers;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>The known clients' service: finds the peer, asks its own server, and hands its answer on (protocols.md, section 2).</summary>
internal sealed partial class PeerServiceRelay(
    IGrainFactory grains,
    GrainRetry retry,
    DialPolicy policy,
    PeerChannels channels,
    IOptions<PeersOptions> options,
    TimeProvider time,
    ILogger<PeerServiceRelay> logger) : PeerService.PeerServiceBase
{
    /// <summary>Marks what a gateway asks a peer. A peer that turns out to be a gateway does not ask on, so no call goes in circles.</summary>
    internal const string RelayedHeader = "granero-relayed";

    public override async Task<DownloadResponse> DownloadFile(FileRequest request, ServerCallContext context)
    {
        Names.CheckPeer(request.PeerName);
        Names.CheckFile(request.FileName);
        if (context.RequestHeaders.Get(RelayedHeader) is not null) throw Unreachable(request.PeerName, "its address is a Granero gateway's");

        var peer = grains.GetGrain<IPeerGrain>(request.PeerName);
        var address = await retry.CallAsync(() => peer.LocateFile(request.FileName, context.CancellationToken), context.CancellationToken);
        return await AskAsync(EndPointOf(request.PeerName, address), request, context);
    }

    private IPEndPoint EndPointOf(string peerName, string address)
    {
        if (!PeerAddress.TryParse(address, out var parsed)) throw Unreachable(peerName, "its address is none that can be dialled");
        if (!policy.Allows(parsed.Ip)) throw Unreachable(peerName, "it is in a network in which Granero does not dial peers");
        return new IPEndPoint(parsed.Ip, parsed.Port ?? PeerAddress.DefaultPort);
    }

    private async Task<DownloadResponse> AskAsync(IPEndPoint endPoint, FileRequest request, ServerCallContext context)
    {
        var limit = time.GetUtcNow().UtcDateTime + options.Value.AnswerWithin;
        var client = new PeerService.PeerServiceClient(channels.To(endPoint));
        try
        {
            return await client.DownloadFileAsync(
                request, [new(RelayedHeader, "1")], limit < context.Deadline ? limit : context.Deadline, context.CancellationToken);
        }
        catch (RpcException answer) when (IsNoAnswer(answer.StatusCode))
        {
            LogUnreachable(answer, request.PeerName, endPoint);
            throw Unreachable(request.PeerName, answer.StatusCode == StatusCode.DeadlineExceeded
                ? $"its server at {endPoint} did not answer in time"
                : $"no server of a peer answers at {endPoint}");
        }
        catch (RpcException refusal)
        {
            throw new RpcException(new Status(refusal.StatusCode, $"Peer {request.PeerName} answered: {refusal.Status.Detail}"));
        }
    }

    /// <summary>What comes of a peer that is not there, is too slow, or is no peer's server. Anything else a peer has said itself.</summary>
    private static bool IsNoAnswer(StatusCode code) =>
        code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Internal
            or StatusCode.Unimplemented or StatusCode.ResourceExhausted;

    private static GraneroException Unreachable(string peerName, string why) =>
        new(ErrorCode.PeerUnreachable, $"Peer {peerName} cannot be reached: {why}.");

    [LoggerMessage(2004, LogLevel.Information, "Peer {Peer} at {EndPoint} could not be asked for a file")]
    private partial void LogUnreachable(Exception failure, string peer, IPEndPoint endPoint);
}
