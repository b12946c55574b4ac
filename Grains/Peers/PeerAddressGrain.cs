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
        ThrowUnlessCallers(await files.Add(Address, caller, fileNames, now, now + options.Value.Lease, cancellationToken));
        PeersTelemetry.FilesIndexed(fileNames.Length);
        // All of them, not only those that were new: a call that is sent again may be so because this was not reached.
        await news.Tell(fileNames, cancellationToken);
    }

    public async Task CheckMayIndex(Caller caller, CancellationToken cancellationToken) =>
        ThrowUnlessCallers(await peers.MayActAt(Address, caller, time.GetUtcNow(), cancellationToken));

    public async Task LogOut(Caller caller, CancellationToken cancellationToken)
    {
        var removed = await peers.LogOut(Address, caller, time.GetUtcNow(), cancellationToken) ?? throw NotYours("log out");
        DeactivateOnIdle();
        await news.TellWhatIsUntold(cancellationToken); // by this very call, when it was made before
        await news.Tell(removed, cancellationToken);
    }

    /// <remarks>An activation where nobody is goes at once: there is no end of addresses to ask for.</remarks>
    private void ThrowUnlessCallers(bool? isCallers)
    {
        if (isCallers is null)
        {
            DeactivateOnIdle();
            throw new GraneroException(ErrorCode.AddressNotLoggedIn, "Peer IP not found.");
        }

        if (!isCallers.Value)
            throw NotYours("index files for");
    }

    private GraneroException NotYours(string what) =>
        new(ErrorCode.NotYours, $"Only the address that logged in the peer at {Address}, or a bearer of its token, may {what} it.");
}
