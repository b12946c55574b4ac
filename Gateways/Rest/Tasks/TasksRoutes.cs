using Microsoft.AspNetCore.Mvc;

namespace Granero.Gateways.Rest.Tasks;

/// <summary>The tasks' part of the gateway: services and routes.</summary>
internal static class TasksRoutes
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;
    private const string Json = "application/json";
    private const string NoTask = "00000000-0000-0000-0000-000000000001";
    private const string Example = """{"imagen_docker": "task_service", "calculo": "suma", "parametros": {"a": 5, "b": 10}}""";

    public static void AddTasks(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<TasksClient>().AddSingleton<RemoteTaskApi>().AddSingleton<TasksApi>();

    public static void MapTasks(this WebApplication app)
    {
        var (remote, api) = (app.Services.GetRequiredService<RemoteTaskApi>(), app.Services.GetRequiredService<TasksApi>());
        var tasks = app.MapDoor(Door.Main).WithTags("Tasks").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).AddEndpointFilter(AnswerFieldsAsync);
        MapRemoteTask(tasks, remote);
        MapSubmit(tasks, api);
        tasks.MapGet("/tasks", (HttpContext http, string? state, Guid? before, int? limit) => api.ListAsync(http, state, before, limit))
            .WithSummary("Tasks, the latest first")
            .WithDescription("state: only those in it. limit: 1 to 1000, 100 unless given. before: next of the page before.").WithExample(200, "?state=failed&limit=10").Produces<TaskListReply>(contentType: Json).ProducesProblem(400);
        tasks.MapGet("/tasks/{id:guid}", (HttpContext http, Guid id) => api.FindAsync(http, id))
            .WithSummary("How far a task is").WithDescription("State, attempts, the image that ran, times; of one that failed, why.").WithExample(404, NoTask).Produces<TaskReply>(contentType: Json).ProducesProblem(404);
        tasks.MapGet("/tasks/{id:guid}/result", (HttpContext http, Guid id) => api.ResultAsync(http, id))
            .WithSummary("The task service's answer, as it came")
            .WithDescription("409 while there is none, and for a task that has failed or was cancelled.").WithExample(404, NoTask).Produces<object>(contentType: Json).ProducesProblem(404).ProducesProblem(409);
        tasks.MapPost("/tasks/{id:guid}/cancel", (HttpContext http, Guid id) => api.CancelAsync(http, id))
            .WithSummary("End a task and remove its container").WithDescription("One that has ended stays as it is.").WithExample(404, NoTask).Produces<TaskReply>(contentType: Json).ProducesProblem(404);
    }

    /// <remarks>Takes any content type, to answer the wrong ones as the old server did.</remarks>
    private static void MapRemoteTask(RouteGroupBuilder tasks, RemoteTaskApi api) => tasks
        .MapPost("/getRemoteTask", Task (HttpContext http, CancellationToken _) => api.RunAsync(http))
        .WithMetadata(ProblemShape.Detail).WithSummary("Run a task and wait for its result")
        .WithDescription("In a container of the image, which is the local one, or pulled, or built. With the header Idempotency-Key, a request that is sent again is the same run; without, a client that goes away ends it.")
        .WithExample(Example, 200).Accepts<TaskBody>(Json, "*/*")
        .Produces<object>(contentType: Json).Produces(422, contentType: Json).Produces(429, contentType: Json).Produces(500, contentType: Json).Produces(503, contentType: Json);

    private static void MapSubmit(RouteGroupBuilder tasks, TasksApi api) => tasks
        .MapPost("/tasks", Task (HttpContext http, CancellationToken _) => api.SubmitAsync(http))
        .WithSummary("Submit a task").WithDescription("Location says where to ask for it. With the header Idempotency-Key, a request that is sent again is the same task.")
        .WithExample(Example, 202).Accepts<TaskBody>(Json)
        .Produces<TaskReply>(202, Json).Produces(422, contentType: Json).ProducesProblem(403).ProducesProblem(409).ProducesProblem(429).ProducesProblem(503);

    /// <summary>What is wrong with a field is told in the old server's shape by new routes too.</summary>
    private static async ValueTask<object?> AnswerFieldsAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (TaskFieldException mistake)
        {
            await mistake.WriteAsync(call.HttpContext.Response);
            return Results.Empty;
        }
    }
}
