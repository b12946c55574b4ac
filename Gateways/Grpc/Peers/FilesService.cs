using System.Net;
using Google.Protobuf;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Gateways.Grpc.Support;
using Granero.Gateways.Hosting;
using Granero.Peers;
using Grpc.Core;
using Microsoft.Extensions.Options;
using PublishedFile = Granero.Peers.PublishedFile;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>Real files, from and to Granero's own store (files.proto).</summary>
[BindServiceMethod(typeof(FilesService), nameof(Bind))]
internal sealed class FilesService(
    IGrainFactory grains, GrainRetry retry, Downloads downloads, Uploads uploads, StopGrace stop, IOptions<PeersOptions> options, TimeProvider time)
    : Files.FilesBase
{
    /// <remarks>Found by the server, through the attribute of this class.</remarks>
    public static void Bind(ServiceBinderBase binder, Files.FilesBase? service) => Files.BindService(new ParsingBinder(binder), service);

    public override async Task Download(DownloadRequest request, IServerStreamWriter<DownloadReply> responseStream, ServerCallContext context)
    {
        Names.CheckFile(request.FileName);
        if (request.PeerName.Length > 0) Names.CheckPeer(request.PeerName);
        using var download = await downloads.OpenAsync(request, context.CancellationToken);
        using var clock = Clock(context);
        await download.SendAsync(responseStream, clock);
    }

    public override async Task<PublishReply> Publish(IAsyncStreamReader<PublishRequest> requestStream, ServerCallContext context)
    {
        using var clock = Clock(context);
        var published = await uploads.ReceiveAsync(requestStream, context.GetHttpContext().Connection.RemoteIpAddress ?? IPAddress.None, clock);
        return new PublishReply { Length = (ulong)published.Length, Sha256 = UnsafeByteOperations.UnsafeWrap(published.Sha256) };
    }

    public override async Task<FindReply> Find(FindRequest request, ServerCallContext context)
    {
        Names.CheckFile(request.FileName);
        var indexed = retry.CallAsync(() => grains.GetSharedFiles(request.FileName).FindHolders(request.FileName, context.CancellationToken), context.CancellationToken);
        var published = retry.CallAsync(() => grains.GetGrain<IPublishedFilesGrain>(0).Find(request.FileName, context.CancellationToken), context.CancellationToken);
        var reply = Merge(await indexed, await published);
        return reply.Holders.Count > 0
            ? reply
            : throw new GraneroException(ErrorCode.FileNotIndexed, $"Nobody has a file {request.FileName}.");
    }

    private StreamClock Clock(ServerCallContext context) => new(options.Value.StallTimeout, time, context.CancellationToken, stop.Over);

    private static FindReply Merge(FileHolder[] indexed, PublishedFile[] published)
    {
        var store = published.ToDictionary(file => file.PeerName, file => new V1.PublishedFile
        {
            Length = (ulong)file.Length,
            Sha256 = UnsafeByteOperations.UnsafeWrap(file.Sha256),
        });
        var reply = new FindReply();
        foreach (var holder in indexed)
        {
            store.Remove(holder.PeerName, out var copy);
            reply.Holders.Add(new Holder { PeerName = holder.PeerName, PeerIp = holder.Address, Published = copy });
        }

        reply.Holders.Add(published.Where(file => store.ContainsKey(file.PeerName))
            .Select(file => new Holder { PeerName = file.PeerName, Published = store[file.PeerName] }));
        return reply;
    }
}
