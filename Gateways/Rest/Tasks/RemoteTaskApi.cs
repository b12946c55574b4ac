using Granero.Tasks;

namespace Granero.Gateways.Rest.Tasks;

/// <summary><c>POST /getRemoteTask/</c>, as the old server answered it. Source: protocols.md, section 3.</summary>
internal sealed partial class RemoteTaskApi(TasksClient tasks, ILogger<RemoteTaskApi> logger)
{
    private const string ServiceFailed = "Error en el servicio de tareas";

    public async Task RunAsync(HttpContext http)
    {
        var (request, credentials) = await TasksRequests.ReadAsync(http.Request);
        var (id, hasKey) = TasksRequests.IdOf(http.Request);
        try
        {
            await tasks.SubmitAsync(id, request, credentials, http.RequestAborted);
            await AnswerAsync(http, await tasks.WaitForEndAsync(id, http.RequestAborted));
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested && !hasKey)
        {
            // Nobody waits for it, and nobody could ask for it again.
            await CancelAsync(id);
            throw;
        }
    }

    private static Task AnswerAsync(HttpContext http, RemoteTaskReport report)
    {
        var (task, answer) = (report.Task, report.Answer);
        if (answer is not null)
            return PassThroughAsync(http.Response, answer);
        if (task.ErrorKind is RemoteTaskErrorKind.NotReady or RemoteTaskErrorKind.Exited)
        {
            var reply = new NotReadyReply("Timeout esperando al servicio", task.ErrorKind == RemoteTaskErrorKind.Exited ? task.Error : null);
            return JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, reply, TasksReplies.Json.NotReadyReply);
        }

        var (status, sentence) = Describe(task);
        return ProblemShape.Detail.WriteAsync(http, status, sentence);
    }

    private static async Task PassThroughAsync(HttpResponse response, TaskAnswer answer)
    {
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        await response.BodyWriter.WriteAsync(answer.Body);
    }

    private static (int Status, string Sentence) Describe(RemoteTask task) => task.ErrorKind switch
    {
        RemoteTaskErrorKind.PullFailed or RemoteTaskErrorKind.BuildFailed =>
            (StatusCodes.Status500InternalServerError, $"Error al construir o subir la imagen: {task.Error}"),
        RemoteTaskErrorKind.TaskError when task.StatusCode is { } status => (StatusOf(status), $"{ServiceFailed}."),
        RemoteTaskErrorKind.TimedOut => (StatusCodes.Status504GatewayTimeout, $"{ServiceFailed}: {task.Error}"),
        RemoteTaskErrorKind.EngineFailed or RemoteTaskErrorKind.RunnerLost => (StatusCodes.Status503ServiceUnavailable, $"{ServiceFailed}: {task.Error}"),
        null => (StatusCodes.Status409Conflict, "La tarea fue cancelada."),
        _ => (StatusCodes.Status502BadGateway, $"{ServiceFailed}: {task.Error}"),
    };

    /// <remarks>Below 200, 204, 205 and 304 have no body, so that they cannot say what went wrong.</remarks>
    private static int StatusOf(int status) => status is >= 201 and <= 599 and not (204 or 205 or 304) ? status : StatusCodes.Status502BadGateway;

    private async Task CancelAsync(Guid id)
    {
        try
        {
            await tasks.CancelAsync(id, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotCancelled(id, failure.Message);
        }
    }

    [LoggerMessage(3016, LogLevel.Warning, "Task {Task}, whose client has gone, could not be cancelled: {Reason}")]
    private partial void LogNotCancelled(Guid task, string reason);
}
