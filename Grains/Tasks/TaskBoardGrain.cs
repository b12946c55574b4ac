using Orleans.Concurrency;

namespace Granero.Tasks;

/// <summary>Answers from the rows, on whichever silo the question comes in.</summary>
[GrainType("task-board"), StatelessWorker]
internal sealed class TaskBoardGrain(TaskBoardStore board, RemoteTaskStore tasks, RunnerStore runners) : Grain, ITaskBoardGrain
{
    private const int MostTasks = 1000;

    public async Task<TaskBoard> Look(RemoteTaskState? state, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var counts = await board.Count(cancellationToken);
        var alive = await runners.Alive(cancellationToken);
        return counts with { Runners = alive.Count, Tasks = await tasks.List(state, before, Math.Clamp(limit, 1, MostTasks), cancellationToken) };
    }

    public async Task<RemoteTask> Retry(Guid id, Guid newId, CancellationToken cancellationToken)
    {
        var request = await board.FindRequest(id, cancellationToken)
            ?? throw new GraneroException(ErrorCode.TaskNotFound, "There is no task of that id.");
        await GrainFactory.GetGrain<IRemoteTasksGrain>(0).RequireRunner(cancellationToken);
        return await GrainFactory.GetGrain<IRemoteTaskGrain>(newId).Submit(request, credentials: null, cancellationToken);
    }
}
