namespace Granero.Tasks;

/// <summary>All runs, for those who watch over them; its key is 0. It only reads rows, so each silo answers for itself.</summary>
[Alias("granero.tasks.ITaskBoardGrain")]
public interface ITaskBoardGrain : IGrainWithIntegerKey
{
    /// <summary>Counts, and a page of runs, the latest first.</summary>
    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="before">Only those that come behind this one; null from the start.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Look")]
    Task<TaskBoard> Look(RemoteTaskState? state, Guid? before, int limit, CancellationToken cancellationToken = default);

    /// <summary>Asks anew for what an earlier run was asked for; without credentials, which are kept nowhere.</summary>
    /// <param name="id">The earlier run, which has ended or not.</param>
    /// <param name="newId">The run to be. Repeating the call with it is harmless.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TaskNotFound"/>, and those of <see cref="IRemoteTaskGrain.Submit"/>.</exception>
    [Alias("Retry")]
    Task<RemoteTask> Retry(Guid id, Guid newId, CancellationToken cancellationToken = default);
}

/// <summary>What there is to watch of the tasks.</summary>
/// <param name="At">When this was read.</param>
/// <param name="Runners">Silos that can run containers.</param>
/// <param name="Queued">Runs that wait, or whose image is being prepared.</param>
/// <param name="Running">Runs whose container is there.</param>
/// <param name="Succeeded">Of those that ended within the last hour.</param>
/// <param name="Failed">Of those that ended within the last hour.</param>
/// <param name="MedianSeconds">From the request to the end, over the last hour; null without any.</param>
/// <param name="Tasks">A page.</param>
[GenerateSerializer, Immutable, Alias("granero.tasks.TaskBoard")]
public sealed record TaskBoard(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] int Runners, [property: Id(2)] long Queued, [property: Id(3)] long Running,
    [property: Id(4)] long Succeeded, [property: Id(5)] long Failed, [property: Id(6)] double? MedianSeconds, [property: Id(7)] RemoteTask[] Tasks);
