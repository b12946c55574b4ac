namespace Granero.Tasks;

/// <summary>What came of a run: an answer, or an error with its kind.</summary>
internal sealed record RunOutcome(TaskAnswer? Answer, RemoteTaskErrorKind? ErrorKind, string? Error, int? StatusCode)
{
    public static RunOutcome Succeeded(TaskAnswer answer) => new(answer, null, null, 200);

    public static RunOutcome Failed(RemoteTaskErrorKind kind, string error, int? statusCode = null) => new(null, kind, error, statusCode);
}

/// <summary>A run that came to an end without an answer.</summary>
internal sealed class RunFailedException(RemoteTaskErrorKind kind, string error, int? statusCode = null) : Exception(error)
{
    public RunOutcome Outcome { get; } = RunOutcome.Failed(kind, error, statusCode);
}

/// <summary>The engine did not answer, or not as an engine does: what was under way has an unknown outcome, and may be begun again.</summary>
internal sealed class EngineException(string message, Exception inner) : Exception(message, inner);
