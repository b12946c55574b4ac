using Microsoft.Extensions.Logging;
using Npgsql;

namespace Granero.Tasks;

/// <summary>What this runner writes about its runs. A database that is away for a while costs a run time, and nothing else.</summary>
internal sealed partial class RunRecords(RunnerIdentity identity, RemoteTaskStore store, ILogger<RunRecords> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc cref="RemoteTaskStore.BeginAttempt"/>
    public Task<int?> BeginAttemptAsync(Guid run, RemoteTaskState state, string? digest, CancellationToken giveUp) =>
        UntilDoneAsync(run, () => store.BeginAttempt(run, identity.Runner, state, digest, giveUp), giveUp);

    /// <inheritdoc cref="RemoteTaskStore.MoveOn"/>
    public Task<bool> MoveOnAsync(Guid run, RemoteTaskState state, string? digest, CancellationToken giveUp) =>
        UntilDoneAsync(run, () => store.MoveOn(run, identity.Runner, state, digest, giveUp), giveUp);

    /// <inheritdoc cref="RemoteTaskStore.Record"/>
    public Task<bool> RecordAsync(Guid run, RunOutcome outcome, CancellationToken giveUp) =>
        UntilDoneAsync(run, () => store.Record(run, identity.Runner, outcome, CancellationToken.None), giveUp);

    private async Task<T> UntilDoneAsync<T>(Guid run, Func<Task<T>> step, CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                return await step();
            }
            catch (NpgsqlException failure) when (MayPass(failure) && !giveUp.IsCancellationRequested)
            {
                LogNotRecorded(run, failure.Message);
            }

            await Task.Delay(Pause, giveUp);
        }
    }

    /// <remarks>Data and constraints that Postgres refuses, it refuses the next time, too.</remarks>
    private static bool MayPass(NpgsqlException failure) => failure is not PostgresException { SqlState: ['2', '2' or '3', ..] };

    [LoggerMessage(3012, LogLevel.Warning, "How far task {Task} is could not be recorded, and that is tried again: {Reason}")]
    private partial void LogNotRecorded(Guid task, string reason);
}
