using System.Net;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Gateways.Grpc.Support;
using Granero.Gateways.Hosting;
using Granero.Gateways.Hosting.Peers;
using Granero.Peers;
using Granero.Support;
using Grpc.Core;
using Microsoft.Extensions.Options;
using PublishedFile = Granero.Peers.PublishedFile;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>Takes uploads into the store and has the grains record them. The record is the publication; without it there are only bytes.</summary>
internal sealed class Uploads(
    IGrainFactory grains, GrainRetry retry, FileStore store, UploadPlaces places, LeaseRenewal leases, IOptions<PeersOptions> options)
{
    /// <returns>The file as it is published now.</returns>
    /// <exception cref="GraneroException">It was refused, for one of the reasons in files.proto; nothing is left of it.</exception>
    public async Task<PublishedFile> ReceiveAsync(IAsyncStreamReader<PublishRequest> requests, IPAddress remote, StreamClock clock)
    {
        try
        {
            var upload = new Upload(requests, clock);
            var header = await upload.ReadHeaderAsync(options.Value.HeaderWithin);
            var caller = CallerOf(header, remote);
            await CheckRoomAsync(header, caller, clock.Token);
            using var place = places.Take(header.PeerName); // not sooner: whoever may not publish takes none
            await using var incoming = store.Receive();
            await upload.ReadContentAsync(incoming);
            return await PublishAsync(header, incoming, caller);
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            throw new GraneroException(ErrorCode.StoreIsBusy, "Granero's store has no room left.");
        }
        catch (OperationCanceledException) when (clock.Refusal() is { } refusal)
        {
            throw refusal;
        }
    }

    private Caller CallerOf(PublishHeader header, IPAddress remote)
    {
        var token = header.Token.Length > 0 ? header.Token : null;
        leases.Note(remote, token);
        return Caller.From(remote, token);
    }

    private async Task CheckRoomAsync(PublishHeader header, Caller caller, CancellationToken cancellationToken)
    {
        var peer = grains.GetGrain<IPeerGrain>(header.PeerName);
        if (header.Length > (ulong)options.Value.MaxFileBytes)
            throw new GraneroException(ErrorCode.FileTooLong, $"A file may have {options.Value.MaxFileBytes} bytes, and this one has {header.Length}.");
        var room = await retry.CallAsync(() => peer.RoomToPublish(header.FileName, caller, cancellationToken), cancellationToken);
        if (header.Length > (ulong)room)
            throw new GraneroException(ErrorCode.QuotaExceeded, $"Peer {header.PeerName} has room for {room} bytes, and this file has {header.Length}.");
    }

    /// <summary>Goes on when the client leaves: all has come, and half a publication helps nobody.</summary>
    private async Task<PublishedFile> PublishAsync(PublishHeader header, IncomingFile incoming, Caller caller)
    {
        var file = new PublishedFile(incoming.Id, header.PeerName, header.FileName, incoming.Length, header.Sha256.ToByteArray());
        var peer = grains.GetGrain<IPeerGrain>(header.PeerName);
        await incoming.KeepAsync();
        try
        {
            if (await retry.CallAsync(() => peer.Publish(file, caller)) is { } replaced) store.Remove(replaced);
            return file;
        }
        catch (GraneroException)
        {
            // Refused for certain. After any other failure it may be published, and the sweep finds out.
            store.Remove(file.Id);
            throw;
        }
    }
}
