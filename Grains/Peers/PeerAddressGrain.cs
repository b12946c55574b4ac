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
    private PeerAddress Address => PeerAddress.TryParse(this.GetPrimaryKeyString(), out var address)
        ? address
        : throw new ArgumentException($"'{this.GetPrimaryKeyString()}' is no address.");

    public async Task IndexFiles(string[] fileNames, Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!await files.Add(Address, caller, fileNames, now, now + options.Value.Lease, cancellationToken))
        {
            throw await IsAnybodyHere(cancellationToken)
                ? NotYours("index files for")
                : new GraneroException(ErrorCode.AddressNotLoggedIn, "Peer IP not found.");
        }

        PeersTelemetry.FilesIndexed(fileNames.Length);
        // All of them, not only those that were new: a call that is sent again may be so because this was not reached.
        await news.Tell(fileNames, cancellationToken);
    }

    public async Task LogOut(Caller caller, CancellationToken cancellationToken)
    {
        var removed = await peers.LogOut(Address, caller, time.GetUtcNow(), cancellationToken);
        if (removed is null && await IsAnybodyHere(cancellationToken))
            throw NotYours("log out");
        await news.TellWhatIsUntold(cancellationToken); // by this very call, when it was made before
        await news.Tell(removed ?? [], cancellationToken);
    }

    /// <remarks>An activation where nobody is goes at once: there is no end of addresses to ask for.</remarks>
    private async Task<bool> IsAnybodyHere(CancellationToken cancellationToken)
    {
        var isAnybody = await peers.IsAnybodyAt(Address, time.GetUtcNow(), cancellationToken);
        if (!isAnybody)
            DeactivateOnIdle();
        return isAnybody;
    }

    private GraneroException NotYours(string what) =>
        new(ErrorCode.NotYours, $"Only the address that logged in the peer at {Address}, or a bearer of its token, may {what} it.");
}
