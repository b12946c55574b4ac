using Orleans.Concurrency;

namespace Granero.Tasks;

/// <summary>What is recorded about runs, and whether anybody can run one.</summary>
[GrainType("remote-tasks"), StatelessWorker]
internal sealed class RemoteTasksGrain(RemoteTaskStore store, RunnerStore runners, TimeProvider time) : Grain, IRemoteTasksGrain
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private long? _sawRunner;

    public Task<RemoteTaskReport?> Find(Guid id, CancellationToken cancellationToken) => store.Find(id, cancellationToken);

    public Task<RemoteTask[]> List(RemoteTaskState? state, Guid? before, int limit, CancellationToken cancellationToken) =>
        store.List(state, before, Math.Clamp(limit, 1, 1000), cancellationToken);

    public async Task RequireRunner(CancellationToken cancellationToken)
    {
        if (_sawRunner is { } at && time.GetElapsedTime(at) < Fresh)
            return;
        if (!await runners.HasAny(cancellationToken))
            throw new GraneroException(ErrorCode.EngineUnavailable, "No silo has a container engine, so no task can run. Start one (dockerd), and Granero again.");
        _sawRunner = time.GetTimestamp();
    }
}
