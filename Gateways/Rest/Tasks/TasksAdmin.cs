using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Live;
using Granero.Gateways.Rest.Operators;
using Granero.Tasks;

namespace Granero.Gateways.Rest.Tasks;

/// <summary>What operators see of the tasks, and may do with them.</summary>
internal sealed class TasksAdmin(IGrainFactory grains, GrainRetry retry, TasksClient tasks, LiveStream live)
{
    private const int PageRows = 200;

    private ITaskBoardGrain Board => grains.GetGrain<ITaskBoardGrain>(0);

    public IResult Watch(HttpContext http, string? state, Guid? before)
    {
        var only = QueryChoice.Of<RemoteTaskState>(state, "state");
        return live.Of(http, "tasks", async ended => TaskBoardReply.Of(await Board.Look(only, before, PageRows, ended)));
    }

    public async Task<TaskBoardReply> ListAsync(HttpContext http, string? state, Guid? before, int? limit)
    {
        var only = QueryChoice.Of<RemoteTaskState>(state, "state");
        return TaskBoardReply.Of(await retry.CallAsync(() => Board.Look(only, before, limit ?? PageRows), http.RequestAborted));
    }

    public async Task<TaskReply> CancelAsync(HttpContext http, Guid id) => TaskReply.Of(await tasks.CancelAsync(id, http.RequestAborted));

    public async Task<TaskReply> RetryAsync(HttpContext http, Guid id)
    {
        var newId = Guid.CreateVersion7(); // the same if it has to be sent again
        return TaskReply.Of(await retry.CallAsync(() => Board.Retry(id, newId), http.RequestAborted));
    }

    /// <inheritdoc cref="TaskBoard"/>
    internal sealed record TaskBoardReply(
        DateTimeOffset At, int Runners, long Queued, long Running, long Succeeded, long Failed, double? MedianSeconds, TaskReply[] Tasks)
    {
        public static TaskBoardReply Of(TaskBoard board) => new(
            board.At, board.Runners, board.Queued, board.Running, board.Succeeded, board.Failed, board.MedianSeconds, Array.ConvertAll(board.Tasks, TaskReply.Of));
    }
}

internal static class TasksAdminRoutes
{
    private const string NoTask = "00000000-0000-0000-0000-000000000001";

    public static void AddTasksAdmin(this WebApplicationBuilder builder) => builder.Services.AddSingleton<TasksAdmin>();

    public static void MapTasksAdmin(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<TasksAdmin>();
        var admin = app.MapAdmin("/tasks", "Tasks");
        admin.MapGet("/live", api.Watch).WithSummary("Counts and a page of tasks, live").WithDescription("Server-sent events of the type tasks, once a second. state, before: as in the list.")
            .WithExample(StatusCodes.Status200OK, "?state=failed")
            .Produces<TasksAdmin.TaskBoardReply>(contentType: "text/event-stream");
        admin.MapGet("", api.ListAsync).WithSummary("Counts and tasks, the latest first")
            .WithDescription("state: only those in it. before: only those behind this one. limit: 1 to 1000, 200 unless given.")
            .WithExample(StatusCodes.Status200OK, "?state=failed&limit=10");
        admin.MapPost("/{id:guid}/cancel", api.CancelAsync).WithSummary("End a task and remove its container").WithDescription("One that has ended stays as it is.").WithExample(StatusCodes.Status404NotFound, NoTask)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        admin.MapPost("/{id:guid}/retry", api.RetryAsync).WithSummary("Ask anew for what a task was asked for").WithDescription("Without credentials, which nobody has kept. The answer is the new task.")
            .WithExample(StatusCodes.Status404NotFound, NoTask).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}
