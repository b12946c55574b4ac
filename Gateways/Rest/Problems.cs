using System.Globalization;
using Granero.Gateways.Hosting;

namespace Granero.Gateways.Rest;

/// <summary>What went wrong with a request, in terms of HTTP: the one switch for refusals and failures.</summary>
internal sealed partial class Problems(ILogger<Problems> logger)
{
    /// <summary>Says what is wrong with a request that cannot be understood.</summary>
    public static BadHttpRequestException BadRequest(string sentence, int status = StatusCodes.Status400BadRequest) => new(sentence, status);

    /// <summary>Answers whatever goes wrong further on with a status and a sentence, in the shape that the route's clients know.</summary>
    public async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, and nobody is there to be told anything.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, failure);
        }
    }

    /// <returns>The status, and a sentence for people.</returns>
    public static (int Status, string Sentence) Of(Exception failure) => failure switch
    {
        GraneroException refusal => (StatusOf(refusal.Code), refusal.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, "The body is too large."),
        BadHttpRequestException mistake => (mistake.StatusCode, mistake.Message),
        IOException { InnerException: OverflowException } => (StatusCodes.Status400BadRequest, "A chunk of the body is longer than any can be."), // Kestrel's
        _ when ClusterFailures.IsUnavailable(failure) =>
            (StatusCodes.Status503ServiceUnavailable, "The service is not available right now. Try again in a moment."),
        _ => (StatusCodes.Status500InternalServerError, "Something went wrong here. It is in the log."),
    };

    private static int StatusOf(ErrorCode code) => code switch
    {
        ErrorCode.WrongPassword => StatusCodes.Status401Unauthorized,
        ErrorCode.TooManyLogins => StatusCodes.Status429TooManyRequests,
        ErrorCode.NotYours or ErrorCode.UserIsDisabled => StatusCodes.Status403Forbidden,
        ErrorCode.AddressNotLoggedIn or ErrorCode.PeerNotLoggedIn or ErrorCode.FileNotIndexed or ErrorCode.DrawNotFound => StatusCodes.Status404NotFound,
        ErrorCode.EngineUnavailable or ErrorCode.TooManyAtOnce => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.TaskQueueFull => StatusCodes.Status429TooManyRequests,
        ErrorCode.ImageNotAllowed => StatusCodes.Status403Forbidden,
        ErrorCode.TaskNotFound => StatusCodes.Status404NotFound,
        ErrorCode.QuotaExceeded => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.UsernameTaken or ErrorCode.EmailTaken => StatusCodes.Status400BadRequest,
        ErrorCode.UserNotFound or ErrorCode.PasswordMismatch => StatusCodes.Status401Unauthorized,
        ErrorCode.TooManyAttempts => StatusCodes.Status429TooManyRequests,
        ErrorCode.VideoNotFound or ErrorCode.UploadNotFound => StatusCodes.Status404NotFound,
        ErrorCode.NotAVideo => StatusCodes.Status400BadRequest,
        ErrorCode.VideoQuotaExceeded or ErrorCode.VideoTooLong => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.MediaDiskFull => StatusCodes.Status507InsufficientStorage,
        ErrorCode.TooManyUploads or ErrorCode.NoEncoder or ErrorCode.VideosAreOff => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.UploadIsLocked => StatusCodes.Status423Locked,
        ErrorCode.VideoLost => StatusCodes.Status500InternalServerError,
        ErrorCode.ChecksumMismatch => 460, // tus 1.0, checksum
        _ => StatusCodes.Status409Conflict,
    };

    private async Task AnswerAsync(HttpContext http, Exception failure)
    {
        var (status, sentence) = Of(failure);
        if (status == StatusCodes.Status500InternalServerError)
            LogUnexpected(failure, http.Request.Path);
        else if (status == StatusCodes.Status503ServiceUnavailable && failure is not GraneroException { Code: ErrorCode.TooManyAtOnce }) // a line for each of a crowd
            LogUnavailable(http.Request.Path, failure.GetType().Name, failure.Message);
        if ((failure as GraneroException)?.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var shape = http.GetEndpoint()?.Metadata.GetMetadata<ProblemShape>() ?? ProblemShape.Details;
        await shape.WriteAsync(http, status, sentence);
    }

    [LoggerMessage(9011, LogLevel.Error, "A request to {Path} failed")]
    private partial void LogUnexpected(Exception failure, string path);

    [LoggerMessage(9012, LogLevel.Warning, "A request to {Path} could not be answered: {Kind}: {Reason}")]
    private partial void LogUnavailable(string path, string kind, string reason);
}
