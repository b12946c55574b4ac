namespace Granero.Tasks;

/// <summary>How far a run is. It goes down the list; a run whose silo died starts again from the top.</summary>
[GenerateSerializer, Alias("granero.tasks.RemoteTaskState")]
public enum RemoteTaskState
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>Its image is being pulled or built.</summary>
    Preparing,

    /// <summary>Its container is started and not ready yet.</summary>
    Starting,

    /// <summary>The task service has been asked.</summary>
    Running,

    /// <summary>The task service answered with 200.</summary>
    Succeeded,

    /// <summary>There is no answer, see <see cref="RemoteTaskErrorKind"/>.</summary>
    Failed,

    /// <summary>Somebody asked for its end.</summary>
    Cancelled,
}

/// <summary>Why a run failed.</summary>
[GenerateSerializer, Alias("granero.tasks.RemoteTaskErrorKind")]
public enum RemoteTaskErrorKind
{
    /// <summary>The image is not here and could not be pulled, and there was nothing to build it from.</summary>
    PullFailed,

    /// <summary>The image could not be pulled, and not be built or pushed either.</summary>
    BuildFailed,

    /// <summary>The service did not answer <c>GET /status/</c> with 200 in time.</summary>
    NotReady,

    /// <summary>The container could not be started, or ended before its service was ready.</summary>
    Exited,

    /// <summary>The service was ready and did not give its whole answer in time.</summary>
    TimedOut,

    /// <summary>The container came up against its limit of memory.</summary>
    OutOfMemory,

    /// <summary>The container wrote more into its logs than it may.</summary>
    WroteTooMuch,

    /// <summary>The service's answer is longer than any may be.</summary>
    AnswerTooLong,

    /// <summary>The service answered with another status than 200, broke off, or ended.</summary>
    TaskError,

    /// <summary>The engine failed, and so it did when the run was tried again.</summary>
    EngineFailed,

    /// <summary>The silo that ran it died, and the run may not be tried once more.</summary>
    RunnerLost,
}

/// <summary>A run of a container, as far as it is.</summary>
/// <param name="Id">Which.</param>
/// <param name="Image">As it was asked for.</param>
/// <param name="Calculation">As it was asked for.</param>
/// <param name="State">How far it is.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="ImageDigest">What ran: <c>sha256:</c> and 64 hex digits; null before that is known.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When the last attempt began; null while queued.</param>
/// <param name="RunningAt">When its service was asked; null before.</param>
/// <param name="EndedAt">Null until it has ended.</param>
/// <param name="ErrorKind">Why it failed; null unless it did.</param>
/// <param name="Error">The same as a sentence.</param>
/// <param name="StatusCode">What the service answered with; null without an answer.</param>
[GenerateSerializer, Immutable, Alias("granero.tasks.RemoteTask")]
public sealed record RemoteTask(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Image,
    [property: Id(2)] string Calculation,
    [property: Id(3)] RemoteTaskState State,
    [property: Id(4)] int Attempts,
    [property: Id(5)] string? ImageDigest,
    [property: Id(6)] DateTimeOffset CreatedAt,
    [property: Id(7)] DateTimeOffset? StartedAt,
    [property: Id(8)] DateTimeOffset? RunningAt,
    [property: Id(9)] DateTimeOffset? EndedAt,
    [property: Id(10)] RemoteTaskErrorKind? ErrorKind,
    [property: Id(11)] string? Error,
    [property: Id(12)] int? StatusCode)
{
    /// <summary>Whether nothing changes any more.</summary>
    public bool HasEnded => State is RemoteTaskState.Succeeded or RemoteTaskState.Failed or RemoteTaskState.Cancelled;
}

/// <summary>The answer of a service that answered with 200, byte for byte.</summary>
/// <param name="Body">The body.</param>
/// <param name="ContentType">What it was said to be; null when nothing was.</param>
[GenerateSerializer, Immutable, Alias("granero.tasks.TaskAnswer")]
public sealed record TaskAnswer([property: Id(0)] byte[] Body, [property: Id(1)] string? ContentType);

/// <summary>A run and what came of it.</summary>
/// <param name="Task">The run.</param>
/// <param name="Answer">Null unless it succeeded.</param>
[GenerateSerializer, Immutable, Alias("granero.tasks.RemoteTaskReport")]
public sealed record RemoteTaskReport([property: Id(0)] RemoteTask Task, [property: Id(1)] TaskAnswer? Answer);
