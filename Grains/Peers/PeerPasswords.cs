using Granero.Support;
using Microsoft.Extensions.Options;

namespace Granero.Peers;

/// <summary>Hashes of the peers' passwords.</summary>
internal sealed class PeerPasswords(IOptions<PeersOptions> options) : PasswordHashing(options.Value.PasswordIterations);
