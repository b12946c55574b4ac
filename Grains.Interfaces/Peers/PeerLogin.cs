namespace Granero.Peers;

/// <summary>A peer's request to be listed at an address.</summary>
/// <param name="Address">Canonical text, see <see cref="PeerAddress"/>.</param>
/// <param name="Password">As the user gave it; any text.</param>
/// <param name="Caller">Whose IP may act for the peer from now on. Its token hash plays no part.</param>
/// <param name="NewTokenHash">SHA-256 of the token that the gateway made for this login; the token of the login before is worth nothing any more.</param>
[GenerateSerializer, Immutable, Alias("granero.peers.PeerLogin")]
public sealed record PeerLogin(
    [property: Id(0)] string Address,
    [property: Id(1)] string Password,
    [property: Id(2)] Caller Caller,
    [property: Id(3)] byte[] NewTokenHash)
{
    /// <summary>Without the password, which is not for logs.</summary>
    public override string ToString() => $"PeerLogin {{ Address = {Address}, Caller = {Caller.Ip} }}";
}
