namespace Granero;

/// <summary>Why Granero refused a request. Each gateway turns it into terms of its own wire, in one switch.</summary>
public enum ErrorCode
{
    /// <summary>The agency has said that it is ready, and that draw is not held yet: it takes no more bets until then.</summary>
    AgencyIsReady = 1,

    /// <summary>The peer is registered, and this is not its password.</summary>
    WrongPassword = 10,

    /// <summary>Too many failed logins of this user or from this address: the sentence says when to try again.</summary>
    TooManyLogins = 11,

    /// <summary>Nobody is logged in at the address.</summary>
    AddressNotLoggedIn = 12,

    /// <summary>The peer is not logged in, or not known at all: a stranger is not told which.</summary>
    PeerNotLoggedIn = 13,

    /// <summary>Neither did the caller log the peer in, nor does it bear the peer's token: nothing was changed.</summary>
    NotYours = 14,

    /// <summary>The peer has not indexed a file of that name.</summary>
    FileNotIndexed = 15,

    /// <summary>The published files would take more room than a peer may have: nothing was published.</summary>
    QuotaExceeded = 16,
}

/// <summary>A refusal that was foreseen: the request is whole and well-formed, and the answer is no.</summary>
[GenerateSerializer, Alias("granero.GraneroException")]
public sealed class GraneroException(ErrorCode code, string sentence) : Exception(sentence)
{
    [Id(0)]
    public ErrorCode Code { get; } = code;

    /// <summary>When it makes sense to try again; null when that would change nothing, or is not known.</summary>
    [Id(1)]
    public TimeSpan? RetryAfter { get; init; }
}
