using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Granero.Peers;

/// <summary>
/// Who makes a call, as far as a gateway can tell. A peer's affairs are open to whoever calls from the IP that logged the peer in,
/// and to whoever bears the token that the login returned.
/// </summary>
/// <param name="Ip">The remote IP in canonical text, see <see cref="From"/>; never with a port.</param>
/// <param name="TokenHash">SHA-256 of the token that the call bears, 32 bytes; null when it bears none.</param>
[GenerateSerializer, Immutable, Alias("granero.peers.Caller")]
public sealed record Caller([property: Id(0)] string Ip, [property: Id(1)] byte[]? TokenHash = null)
{
    /// <param name="remote">The connection's remote IP, or what a trusted proxy said it is; an IPv4 address inside IPv6 counts as IPv4.</param>
    /// <param name="token">What stands after <c>Bearer</c> in the call's authorization; null when there is none.</param>
    public static Caller From(IPAddress remote, string? token) =>
        new(PeerAddress.Canonical(remote).ToString(), token is null ? null : HashOf(token));

    /// <summary>A token is never stored nor sent between processes, only its hash. It is random, so a fast hash will do.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
