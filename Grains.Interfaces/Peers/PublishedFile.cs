namespace Granero.Peers;

/// <summary>A file in Granero's own store.</summary>
/// <param name="Id">Made by the gateway for each upload; its bytes are kept under this id, whatever the file's name.</param>
/// <param name="PeerName">Who published it.</param>
/// <param name="Name">A name for which <see cref="PeerNames.FaultOfFile"/> is null.</param>
/// <param name="Length">Bytes, 0 or more.</param>
/// <param name="Sha256">Of all bytes; 32 bytes.</param>
[GenerateSerializer, Immutable, Alias("granero.peers.PublishedFile")]
public sealed record PublishedFile(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string PeerName,
    [property: Id(2)] string Name,
    [property: Id(3)] long Length,
    [property: Id(4)] byte[] Sha256);
