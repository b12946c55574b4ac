using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>The sweep over runs without a runner. Runners call it every few seconds; the reminder does when there is none left.</summary>
[GrainType("task-sweep")]
internal sealed partial class TaskSweepGrain(
    RemoteTaskStore store, IOptions<TasksOptions> options, TimeProvider time, ILogger<TaskSweepGrain> logger) : Grain, ITaskSweepGrain, IRemindable
{
    private const string ReminderName = "sweep";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan BetweenCleanings = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Guid, long> _since = [];
    private IGrainReminder? _reminder;
    private long? _cleaned;

    public async Task<int> Sweep(CancellationToken cancellationToken)
    {
        _reminder ??= await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        await Clean(cancellationToken);
        var orphans = await store.Orphans(cancellationToken);
        var stay = (await Task.WhenAll(orphans.Select(id => HandOver(id, cancellationToken)))).OfType<Guid>().ToArray();
        var lost = stay.Where(IsLost).ToArray();
        foreach (var id in _since.Keys.Except(stay).ToArray())
            _since.Remove(id);
        if (lost.Length > 0)
            await store.GiveUpOn(lost, "The silo that ran the task is gone, and no other has taken it over.", cancellationToken);
        if (orphans.Length > 0)
            LogSwept(orphans.Length - stay.Length, stay.Length);
        return orphans.Length - stay.Length + lost.Length;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Sweep(CancellationToken.None);

    /// <returns>The id if nobody took the run over.</returns>
    private async Task<Guid?> HandOver(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await GrainFactory.GetGrain<IRemoteTaskGrain>(id).TakeOver(cancellationToken);
            return null;
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or ArgumentException or GraneroException)
        {
            LogNotTaken(id, failure.Message);
            return id;
        }
    }

    private bool IsLost(Guid id)
    {
        _since.TryAdd(id, time.GetTimestamp());
        return time.GetElapsedTime(_since[id]) >= Patience;
    }

    private async Task Clean(CancellationToken cancellationToken)
    {
        if (_cleaned is { } at && time.GetElapsedTime(at) < BetweenCleanings)
            return;
        _cleaned = time.GetTimestamp();
        await store.RemoveEnded(options.Value.KeepRecords, cancellationToken);
    }

    [LoggerMessage(3014, LogLevel.Warning, "{Taken} tasks of a silo that is gone were taken over or given up; {Left} wait for a silo that can run them")]
    private partial void LogSwept(int taken, int left);

    [LoggerMessage(3015, LogLevel.Warning, "Task {Task} could not be taken over now: {Reason}")]
    private partial void LogNotTaken(Guid task, string reason);
}
