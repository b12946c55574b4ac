namespace Granero.Peers;

/// <summary>What there is to watch of the peers.</summary>
/// <param name="At">When this was read.</param>
/// <param name="Totals">Counts over all of them; may be some seconds old.</param>
/// <param name="Matching">How many of those who are logged in the search finds.</param>
/// <param name="Peers">A page of them.</param>
[GenerateSerializer, Immutable, Alias("granero.peers.PeersBoard")]
public sealed record PeersBoard(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] PeersTotals Totals, [property: Id(2)] long Matching, [property: Id(3)] PeerLine[] Peers);

/// <param name="Registered">Users that have ever logged in.</param>
/// <param name="LoggedIn">Those that are logged in.</param>
/// <param name="SharedFiles">Entries in the index. Above 100,000 it is the planner's estimate.</param>
/// <param name="PublishedFiles">Files in Granero's own store.</param>
/// <param name="PublishedBytes">What they take.</param>
[GenerateSerializer, Immutable, Alias("granero.peers.PeersTotals")]
public sealed record PeersTotals(
    [property: Id(0)] long Registered, [property: Id(1)] long LoggedIn, [property: Id(2)] long SharedFiles,
    [property: Id(3)] long PublishedFiles, [property: Id(4)] long PublishedBytes);

/// <summary>A peer that is logged in.</summary>
[GenerateSerializer, Immutable, Alias("granero.peers.PeerLine")]
public sealed record PeerLine(
    [property: Id(0)] string Peer, [property: Id(1)] string Address, [property: Id(2)] DateTimeOffset LoggedInAt,
    [property: Id(3)] DateTimeOffset LeaseEndsAt, [property: Id(4)] long Files, [property: Id(5)] long Published);
