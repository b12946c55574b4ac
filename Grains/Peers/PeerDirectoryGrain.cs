using Orleans.Concurrency;

namespace Granero.Peers;

/// <summary>Answers from the rows, on whichever silo the question comes in.</summary>
[GrainType("peer-directory"), StatelessWorker]
internal sealed class PeerDirectoryGrain(PeerDirectoryStore store) : Grain, IPeerDirectoryGrain
{
    private const int MostRows = 500;

    public Task<PeersBoard> Look(string search, string after, int limit, CancellationToken cancellationToken) =>
        store.Read(search, after, Math.Clamp(limit, 1, MostRows), cancellationToken);

    public Task<string[]> Files(string peer, string after, int limit, CancellationToken cancellationToken) =>
        store.ReadFiles(peer, after, Math.Clamp(limit, 1, MostRows), cancellationToken);

    public Task<bool> IsToken(byte[] tokenHash, CancellationToken cancellationToken) => store.IsToken(tokenHash, cancellationToken);
}
