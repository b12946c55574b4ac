namespace Granero;

/// <summary>Why Granero refused a request. Each gateway turns it into terms of its own wire, in one switch.</summary>
public enum ErrorCode
{
    /// <summary>The agency has said that it is ready, and that draw is not held yet: it takes no more bets until then.</summary>
    AgencyIsReady = 1,

    /// <summary>The draw has been held: nothing about it can be changed any more.</summary>
    DrawIsHeld = 2,

    /// <summary>There is no draw of that number.</summary>
    DrawNotFound = 3,

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

    /// <summary>No name of a peer or a file, see <see cref="Peers.PeerNames"/>.</summary>
    InvalidName = 17,

    /// <summary>Nobody has published a file of that name, or not the peer that was asked for.</summary>
    FileNotPublished = 18,

    /// <summary>The file has fewer bytes than were to be left out.</summary>
    OffsetBehindEnd = 19,

    /// <summary>An upload does not say what it is, or does not keep to its form.</summary>
    MalformedUpload = 20,

    /// <summary>The bytes that came have not the length or the SHA-256 that was announced: nothing was published.</summary>
    ContentMismatch = 21,

    /// <summary>The file is longer than any may be.</summary>
    FileTooLong = 22,

    /// <summary>Too many uploads at a time, or no room on the store's disk: later there may be.</summary>
    StoreIsBusy = 23,

    /// <summary>The client neither sent the next part nor took it for too long.</summary>
    ClientTooSlow = 24,

    /// <summary>The peer is logged in, and could not be asked.</summary>
    PeerUnreachable = 25,

    /// <summary>The store has not the bytes that it should have.</summary>
    ContentLost = 26,

    /// <summary>The gateway stops, and does not wait for the end of a stream.</summary>
    GatewayStops = 27,

    /// <summary>More at a time than can be done soon: nothing was done, and the refusal says when to try again.</summary>
    TooManyAtOnce = 28,

    /// <summary>A password that operators may not have: too short.</summary>
    WeakPassword = 90,

    /// <summary>An operator has disabled the user.</summary>
    UserIsDisabled = 91,

    /// <summary>No silo has an engine that runs containers, or none that answers.</summary>
    EngineUnavailable = 40,

    /// <summary>As many tasks wait as may: later there may be room.</summary>
    TaskQueueFull = 41,

    /// <summary>The settings do not allow containers of this image.</summary>
    ImageNotAllowed = 42,

    /// <summary>There is no run of that id.</summary>
    TaskNotFound = 43,

    /// <summary>The Idempotency-Key came with another request before.</summary>
    IdempotencyKeyReused = 44,

    /// <summary>The run has no result: it has not ended, or not with an answer.</summary>
    TaskHasNoResult = 45,

    /// <summary>The user name has an account already.</summary>
    UsernameTaken = 60,

    /// <summary>The e-mail has an account already.</summary>
    EmailTaken = 61,

    /// <summary>Nobody has signed up with the user name.</summary>
    UserNotFound = 62,

    /// <summary>This is not the user's password.</summary>
    PasswordMismatch = 63,

    /// <summary>Too many failed logins of this user or from this address.</summary>
    TooManyAttempts = 64,

    /// <summary>The user has no video of that number.</summary>
    VideoNotFound = 70,

    /// <summary>What was uploaded is no video that could be processed: the sentence says why. Nothing was kept.</summary>
    NotAVideo = 71,

    /// <summary>The user's videos would take more room than they may: nothing was kept.</summary>
    VideoQuotaExceeded = 72,

    /// <summary>The disk of the videos is nearly full: later there may be room.</summary>
    MediaDiskFull = 73,

    /// <summary>Too many uploads at a time.</summary>
    TooManyUploads = 74,

    /// <summary>There is no resumable upload of that id, or it has expired.</summary>
    UploadNotFound = 75,

    /// <summary>The video is not in the state that this needs: a finished one cannot be cancelled, only a failed one processed again.</summary>
    WrongVideoState = 76,

    /// <summary>Somebody else is sending bytes of this upload.</summary>
    UploadIsLocked = 77,

    /// <summary>The folder has not the file that it should have.</summary>
    VideoLost = 78,

    /// <summary>No silo that processes videos is there.</summary>
    NoEncoder = 79,

    /// <summary>The gateway has not been told where videos are kept.</summary>
    VideosAreOff = 80,

    /// <summary>The file is longer than any may be.</summary>
    VideoTooLong = 81,

    /// <summary>The bytes that came have not the checksum that was announced: none of them were kept.</summary>
    ChecksumMismatch = 82,
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
