using System.Net;
using Granero.Gateways.Grpc.Peers.Wire;
using Granero.Gateways.Grpc.Support;
using Granero.Gateways.Hosting;
using Granero.Peers;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>The known clients' service: finds the peer, asks its own server, and hands its answer on (protocols.md, section 2).</summary>
[BindServiceMethod(typeof(PeerServiceRelay), nameof(Bind))]
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

    /// <remarks>Found by the server, through the attribute of this class.</remarks>
    public static void Bind(ServiceBinderBase binder, PeerService.PeerServiceBase? service) => PeerService.BindService(new ParsingBinder(binder), service);

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
        var answer = PeerAnswer.Next();
        try
        {
            return await client.DownloadFileAsync(
                request, [new(RelayedHeader, "1")], limit < context.Deadline ? limit : context.Deadline, context.CancellationToken);
        }
        catch (RpcException refusal) when (answer.Is(refusal.StatusCode))
        {
            throw new RpcException(new Status(refusal.StatusCode, $"Peer {request.PeerName} answered: {refusal.Status.Detail}"));
        }
        catch (RpcException failure)
        {
            LogUnreachable(failure, request.PeerName, endPoint);
            throw Unreachable(request.PeerName, failure.StatusCode == StatusCode.DeadlineExceeded
                ? $"its server at {endPoint} did not answer in time"
                : $"no server of a peer answers at {endPoint}");
        }
    }

    private static GraneroException Unreachable(string peerName, string why) =>
        new(ErrorCode.PeerUnreachable, $"Peer {peerName} cannot be reached: {why}.");

    [LoggerMessage(2004, LogLevel.Information, "Peer {Peer} at {EndPoint} could not be asked for a file")]
    private partial void LogUnreachable(Exception failure, string peer, IPEndPoint endPoint);
}
