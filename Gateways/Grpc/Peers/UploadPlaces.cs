using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>Places for uploads: so many in all, and so many of one peer, so that no peer keeps the others out.</summary>
internal sealed class UploadPlaces(IOptions<PeersOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ofPeers = [];
    private int _taken;

    /// <returns>The place, until it is disposed of.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.StoreIsBusy"/>.</exception>
    public IDisposable Take(string peer)
    {
        lock (_gate)
        {
            var ofPeer = _ofPeers.GetValueOrDefault(peer);
            if (ofPeer >= options.Value.MaxUploadsOfPeer) throw new GraneroException(ErrorCode.StoreIsBusy, $"Peer {peer} publishes {ofPeer} files just now: try again.");
            if (_taken >= options.Value.MaxUploads) throw new GraneroException(ErrorCode.StoreIsBusy, "Too many files are being published: try again.");
            _ofPeers[peer] = ofPeer + 1;
            _taken++;
        }

        return new Place(this, peer);
    }

    private void Free(string peer)
    {
        lock (_gate)
        {
            _taken--;
            if (--_ofPeers[peer] == 0) _ofPeers.Remove(peer);
        }
    }

    private sealed class Place(UploadPlaces places, string peer) : IDisposable
    {
        public void Dispose() => places.Free(peer);
    }
}
