using Granero.Support;
using Microsoft.Extensions.Options;

namespace Granero.Peers;

/// <summary>Hashes of the peers' passwords.</summary>
internal sealed class PeerPasswords(HashingQueue queue, IOptions<PeersOptions> options) : PasswordHashing(queue, options.Value.PasswordIterations);
