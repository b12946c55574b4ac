using Granero.Gateways.Grpc.Peers.V1;
using Granero.Gateways.Hosting;
using Granero.Peers;
using Microsoft.Win32.SafeHandles;
using PublishedFile = Granero.Peers.PublishedFile;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>Finds what is to be downloaded: the grains say which file it is, the store has its bytes.</summary>
internal sealed class Downloads(IGrainFactory grains, GrainRetry retry, FileStore store)
{
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.FileNotPublished"/>; <see cref="ErrorCode.OffsetBehindEnd"/>; <see cref="ErrorCode.ContentLost"/>.
    /// </exception>
    public async Task<Download> OpenAsync(DownloadRequest request, CancellationToken cancellationToken)
    {
        var (file, content) = await OpenContentAsync(request, cancellationToken);
        if (request.Offset <= (ulong)file.Length) return new Download(file, content, (long)request.Offset);

        content.Dispose();
        throw new GraneroException(ErrorCode.OffsetBehindEnd, $"The file {file.Name} has {file.Length} bytes, and the offset is {request.Offset}.");
    }

    private async Task<(PublishedFile File, SafeFileHandle Content)> OpenContentAsync(DownloadRequest request, CancellationToken cancellationToken)
    {
        Guid? missed = null;
        while (true)
        {
            var file = await FindAsync(request, cancellationToken) ?? throw NotPublished(request);
            if (store.Open(file.Id) is { } content) return (file, content);

            // Published anew between the two questions; the same answer twice means that its bytes are gone.
            if (missed == file.Id) throw new GraneroException(ErrorCode.ContentLost, $"The store has lost the file {file.Name} of {file.PeerName}.");
            missed = file.Id;
        }
    }

    private async Task<PublishedFile?> FindAsync(DownloadRequest request, CancellationToken cancellationToken) => request.PeerName.Length > 0
        ? await retry.CallAsync(() => grains.GetGrain<IPeerGrain>(request.PeerName).FindPublished(request.FileName, cancellationToken), cancellationToken)
        : (await retry.CallAsync(() => grains.GetGrain<IPublishedFilesGrain>(0).Find(request.FileName, cancellationToken), cancellationToken)).FirstOrDefault();

    private static GraneroException NotPublished(DownloadRequest request) => new(ErrorCode.FileNotPublished, request.PeerName.Length > 0
        ? $"Peer {request.PeerName} has not published a file {request.FileName}."
        : $"Nobody has published a file {request.FileName}.");
}
