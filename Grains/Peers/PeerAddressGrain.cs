using Microsoft.Extensions.Options;

namespace Granero.Peers;

/// <summary>
/// An address. Its calls come one at a time; who is there is asked of the rows with each statement, so that neither a second activation
/// nor a peer that has moved meanwhile finds it mistaken.
/// </summary>
[GrainType("peer-address")]
internal sealed class PeerAddressGrain(
    PeerStore peers, SharedFileStore files, SharedFileNews news, IOptions<PeersOptions> options, TimeProvider time) : Grain, IPeerAddressGrain
{
    private string Address => this.GetPrimaryKeyString();

    public async Task IndexFiles(string[] fileNames, Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!await files.Add(Address, caller, fileNames, now, now + options.Value.Lease, cancellationToken))
        {
            throw await FindPeer(cancellationToken) is null
                ? new GraneroException(ErrorCode.AddressNotLoggedIn, "Peer IP not found.")
                : NotYours("index files for");
        }

        // All of them, not only those that were new: a call that is sent again may be so because this was not reached.
        await news.Tell(fileNames, cancellationToken);
    }

    public async Task LogOut(Caller caller, CancellationToken cancellationToken)
    {
        var removed = await peers.LogOut(Address, caller, time.GetUtcNow(), cancellationToken);
        if (removed is not null)
            await news.Tell(removed, cancellationToken);
        else if (await FindPeer(cancellationToken) is not null)
            throw NotYours("log out");
    }

    public Task<string?> FindPeer(CancellationToken cancellationToken) => peers.PeerAt(Address, time.GetUtcNow(), cancellationToken);

    private GraneroException NotYours(string what) =>
        new(ErrorCode.NotYours, $"Only the address that logged in the peer at {Address}, or a bearer of its token, may {what} it.");
}
