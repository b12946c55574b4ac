using Granero.Tasks;

namespace Granero.Gateways.Rest.Tasks;

/// <summary><c>/tasks</c>: what the old server did not have. Errors are ProblemDetails.</summary>
internal sealed class TasksApi(TasksClient tasks)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public async Task SubmitAsync(HttpContext http)
    {
        var (request, credentials) = await TasksRequests.ReadAsync(http.Request);
        var (id, _) = TasksRequests.IdOf(http.Request);
        var task = await tasks.SubmitAsync(id, request, credentials, http.RequestAborted);
        http.Response.Headers.Location = $"/tasks/{id}";
        await WriteAsync(http, StatusCodes.Status202Accepted, task);
    }

    public async Task ListAsync(HttpContext http, string? state, Guid? before, int? limit)
    {
        var most = limit ?? DefaultLimit;
        if (most is < 1 or > MaxLimit)
            throw Problems.BadRequest($"limit must be a number from 1 to {MaxLimit}.");
        var found = await tasks.ListAsync(StateOf(state), before, most, http.RequestAborted);
        var reply = new TaskListReply([.. found.Select(TaskReply.Of)], found.Length == most ? found[^1].Id : null);
        await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, reply, TasksReplies.Json.TaskListReply);
    }

    public async Task FindAsync(HttpContext http, Guid id) =>
        await WriteAsync(http, StatusCodes.Status200OK, (await tasks.FindAsync(id, http.RequestAborted)).Task);

    public async Task ResultAsync(HttpContext http, Guid id)
    {
        var (task, answer) = await tasks.FindAsync(id, http.RequestAborted);
        if (answer is null)
            throw new GraneroException(ErrorCode.TaskHasNoResult, task.HasEnded ? $"The task has no result: {task.Error ?? "it was cancelled."}" : "The task has not ended yet.");
        http.Response.ContentType = answer.ContentType;
        http.Response.ContentLength = answer.Body.Length;
        await http.Response.BodyWriter.WriteAsync(answer.Body);
    }

    public async Task CancelAsync(HttpContext http, Guid id)
    {
        var task = (await tasks.FindAsync(id, http.RequestAborted)).Task;
        await WriteAsync(http, StatusCodes.Status200OK, task.HasEnded ? task : await tasks.CancelAsync(id, http.RequestAborted));
    }

    private static Task WriteAsync(HttpContext http, int status, RemoteTask task) =>
        JsonBody.WriteAsync(http.Response, status, TaskReply.Of(task), TasksReplies.Json.TaskReply);

    private static RemoteTaskState? StateOf(string? text)
    {
        if (text is null)
            return null;
        return Enum.TryParse<RemoteTaskState>(text, ignoreCase: true, out var state) && Enum.IsDefined(state) && !char.IsAsciiDigit(text[0])
            ? state
            : throw Problems.BadRequest("state must be one of queued, preparing, starting, running, succeeded, failed, cancelled.");
    }
}
