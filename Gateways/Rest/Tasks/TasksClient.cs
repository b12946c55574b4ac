using Granero.Gateways.Hosting;
using Granero.Tasks;

namespace Granero.Gateways.Rest.Tasks;

/// <summary>Calls the grains of tasks, again where that is harmless and may help.</summary>
internal sealed class TasksClient(IGrainFactory grains, GrainRetry retry)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private IRemoteTasksGrain All => grains.GetGrain<IRemoteTasksGrain>(0);

    public async Task<RemoteTask> SubmitAsync(Guid id, RemoteTaskRequest request, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        await retry.CallAsync(() => All.RequireRunner(CancellationToken.None), cancellationToken);
        return await CallAsync(id, grain => grain.Submit(request, credentials, CancellationToken.None), cancellationToken);
    }

    /// <summary>Waits for as long as it takes.</summary>
    public async Task<RemoteTaskReport> WaitForEndAsync(Guid id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var report = await CallAsync(id, grain => grain.WaitForEnd(LongestWait, CancellationToken.None), cancellationToken).WaitAsync(cancellationToken);
            if (report.Task.HasEnded)
                return report;
        }
    }

    public Task<RemoteTask> CancelAsync(Guid id, CancellationToken cancellationToken) => CallAsync(id, grain => grain.Cancel(CancellationToken.None), cancellationToken);

    /// <exception cref="GraneroException"><see cref="ErrorCode.TaskNotFound"/>.</exception>
    public async Task<RemoteTaskReport> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await retry.CallAsync(() => All.Find(id, CancellationToken.None), cancellationToken)
        ?? throw new GraneroException(ErrorCode.TaskNotFound, "There is no task of that id.");

    public Task<RemoteTask[]> ListAsync(RemoteTaskState? state, Guid? before, int limit, CancellationToken cancellationToken) =>
        retry.CallAsync(() => All.List(state, before, limit, CancellationToken.None), cancellationToken);

    private Task<T> CallAsync<T>(Guid id, Func<IRemoteTaskGrain, Task<T>> call, CancellationToken cancellationToken) =>
        retry.CallAsync(() => call(GrainOf(id)), cancellationToken);

    /// <remarks>What no silo hosts has no reference: that passes when a silo with an engine comes.</remarks>
    private IRemoteTaskGrain GrainOf(Guid id)
    {
        try
        {
            return grains.GetGrain<IRemoteTaskGrain>(id);
        }
        catch (ArgumentException unknown)
        {
            throw new TimeoutException("No silo hosts remote tasks.", unknown);
        }
    }
}
