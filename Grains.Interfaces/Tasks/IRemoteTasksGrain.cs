namespace Granero.Tasks;

/// <summary>Questions about runs, answered from what is recorded, on any silo; its key is 0.</summary>
[Alias("granero.tasks.IRemoteTasksGrain")]
public interface IRemoteTasksGrain : IGrainWithIntegerKey
{
    /// <returns>Null if there is none of that id.</returns>
    [Alias("Find")]
    Task<RemoteTaskReport?> Find(Guid id, CancellationToken cancellationToken = default);

    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="before">Only those that come behind this one; null from the start.</param>
    /// <param name="limit">How many at the most, from 1 to 1000.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The latest first.</returns>
    [Alias("List")]
    Task<RemoteTask[]> List(RemoteTaskState? state, Guid? before, int limit, CancellationToken cancellationToken = default);

    /// <summary>Says whether there is a silo that can run containers, as of a second ago.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.EngineUnavailable"/>: there is none.</exception>
    [Alias("RequireRunner")]
    Task RequireRunner(CancellationToken cancellationToken = default);
}

/// <summary>Finds runs whose silo is gone and has them taken over; its key is 0. Its reminder does so too.</summary>
[Alias("granero.tasks.ITaskSweepGrain")]
public interface ITaskSweepGrain : IGrainWithIntegerKey
{
    /// <summary>Harmless at any time.</summary>
    /// <returns>How many runs were handed to another silo or given up.</returns>
    [Alias("Sweep"), ResponseTimeout("00:01:00")]
    Task<int> Sweep(CancellationToken cancellationToken = default);
}
