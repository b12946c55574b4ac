using Microsoft.AspNetCore.Mvc;

namespace Granero.Gateways.Rest.Tasks;

/// <summary>The tasks' part of the gateway: services and routes.</summary>
internal static class TasksRoutes
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;
    private const string Json = "application/json";

    public static void AddTasks(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<TasksClient>().AddSingleton<RemoteTaskApi>().AddSingleton<TasksApi>();

    public static void MapTasks(this WebApplication app)
    {
        var (remote, api) = (app.Services.GetRequiredService<RemoteTaskApi>(), app.Services.GetRequiredService<TasksApi>());
        var tasks = app.MapDoor(Door.Main).WithTags("Tasks").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).AddEndpointFilter(AnswerFieldsAsync);
        MapRemoteTask(tasks, remote);
        MapSubmit(tasks, api);
        tasks.MapGet("/tasks", (HttpContext http, string? state, Guid? before, int? limit) => api.ListAsync(http, state, before, limit))
            .WithSummary("Tasks, the latest first").Produces<TaskListReply>(contentType: Json).ProducesProblem(400);
        tasks.MapGet("/tasks/{id:guid}", (HttpContext http, Guid id) => api.FindAsync(http, id))
            .WithSummary("How far a task is").Produces<TaskReply>(contentType: Json).ProducesProblem(404);
        tasks.MapGet("/tasks/{id:guid}/result", (HttpContext http, Guid id) => api.ResultAsync(http, id))
            .WithSummary("The task service's answer, as it came").Produces<object>(contentType: Json).ProducesProblem(404).ProducesProblem(409);
        tasks.MapPost("/tasks/{id:guid}/cancel", (HttpContext http, Guid id) => api.CancelAsync(http, id))
            .WithSummary("Ends a task and removes its container").Produces<TaskReply>(contentType: Json).ProducesProblem(404);
    }

    /// <remarks>Takes any content type, to answer the wrong ones as the old server did.</remarks>
    private static void MapRemoteTask(RouteGroupBuilder tasks, RemoteTaskApi api) => tasks
        .MapPost("/getRemoteTask", Task (HttpContext http, CancellationToken _) => api.RunAsync(http))
        .WithMetadata(ProblemShape.Detail).WithSummary("Runs a task and waits for its result").Accepts<TaskBody>(Json, "*/*")
        .Produces<object>(contentType: Json).Produces(422, contentType: Json).Produces(429, contentType: Json).Produces(500, contentType: Json).Produces(503, contentType: Json);

    private static void MapSubmit(RouteGroupBuilder tasks, TasksApi api) => tasks
        .MapPost("/tasks", Task (HttpContext http, CancellationToken _) => api.SubmitAsync(http))
        .WithSummary("Submits a task; Location says where to ask for it").Accepts<TaskBody>(Json)
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
