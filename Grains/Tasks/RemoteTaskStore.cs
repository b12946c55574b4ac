using Granero.Support;
using Npgsql;

namespace Granero.Tasks;

/// <summary>The rows of <c>remote_tasks</c>. Every change by a runner says that the run is still in its hands, so a second one does no harm.</summary>
internal sealed class RemoteTaskStore(NpgsqlDataSource postgres)
{
    private const string Columns = """
        select id, image, calculation, state, attempts, image_digest, created_at, started_at, running_at, ended_at, error_kind, error, status_code
        """;

    private const string Insert = """
        insert into remote_tasks (id, image, calculation, parameters, additional_data, state, runner)
        values ($1, $2, $3, $4, nullif($5, ''), 'queued', $6)
        on conflict (id) do nothing returning created_at
        """;

    private const string Begin = """
        update remote_tasks set state = $3, attempts = attempts + 1, image_digest = nullif($4, ''), started_at = now(),
            running_at = case when $3 = 'running' then now() end
        where id = $1 and runner = $2 and ended_at is null returning attempts
        """;

    private const string Advance = """
        update remote_tasks set state = $3, image_digest = coalesce(nullif($4, ''), image_digest), running_at = case when $3 = 'running' then now() end
        where id = $1 and runner = $2 and ended_at is null
        """;

    private const string Succeed = """
        update remote_tasks set state = 'succeeded', status_code = $3, answer = $4, answer_type = nullif($5, ''), ended_at = now()
        where id = $1 and runner = $2 and ended_at is null
        """;

    private const string Fail = """
        update remote_tasks set state = 'failed', error_kind = $3, error = $4, status_code = nullif($5, 0), ended_at = now()
        where id = $1 and runner = $2 and ended_at is null
        """;

    private const string End = "update remote_tasks set state = 'cancelled', ended_at = now() where id = $1 and ended_at is null";

    private const string IsOrphan = """
        ended_at is null and not exists (select from task_runners r where r.runner = t.runner and r.lease_ends_at > now())
        """;

    private const string GiveUp = $"""
        update remote_tasks t set state = 'failed', error_kind = 'runner_lost', error = $2, ended_at = now()
        where id = $1 and attempts >= $3 and {IsOrphan}
        """;

    private const string Adopt = $"""
        update remote_tasks t set state = 'queued', runner = $2 where id = $1 and attempts < $3 and {IsOrphan}
        returning image, calculation, parameters, additional_data
        """;

    private const string FindOrphans = $"select id from remote_tasks t where {IsOrphan} order by created_at limit 1000";

    private const string FindBefore = Columns + """
         from remote_tasks
        where ($1 = '' or state = $1)
          and ($2 = '00000000-0000-0000-0000-000000000000'::uuid or (created_at, id) < (select created_at, id from remote_tasks where id = $2))
        order by created_at desc, id desc limit $3
        """;

    private const string RequestOf = "select image, calculation, parameters, additional_data from remote_tasks where id = $1";

    /// <summary>Records a run that nobody has recorded before.</summary>
    /// <returns>When it was recorded; null if there is one of that id.</returns>
    public async Task<DateTimeOffset?> Add(Guid id, RemoteTaskRequest request, Guid runner, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(Insert, id, request.Image, request.Calculation, request.Parameters, request.AdditionalData ?? "", runner));
        return await batch.ExecuteScalarAsync(cancellationToken) is DateTime at ? new(at) : null;
    }

    /// <summary>Begins an attempt.</summary>
    /// <returns>Which one it is, from 1 on; null if the run is not in this runner's hands any more.</returns>
    public async Task<int?> BeginAttempt(Guid id, Guid runner, RemoteTaskState state, string? digest, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Begin, id, runner, state.Text(), digest ?? ""));
        return (int?)await batch.ExecuteScalarAsync(cancellationToken);
    }

    /// <returns>False if the run is not in this runner's hands any more; so do the next two.</returns>
    public Task<bool> MoveOn(Guid id, Guid runner, RemoteTaskState state, string? digest, CancellationToken cancellationToken) =>
        Change(Sql.Command(Advance, id, runner, state.Text(), digest ?? ""), cancellationToken);

    public Task<bool> Record(Guid id, Guid runner, RunOutcome outcome, CancellationToken cancellationToken) => Change(
        outcome.Answer is { } answer
            ? Sql.Command(Succeed, id, runner, outcome.StatusCode ?? 0, answer.Body, answer.ContentType ?? "")
            : Sql.Command(Fail, id, runner, outcome.ErrorKind!.Value.Text(), outcome.Error!, outcome.StatusCode ?? 0),
        cancellationToken);

    /// <summary>Whoever has it in hand finds out by the next change that is refused.</summary>
    public Task<bool> Cancel(Guid id, CancellationToken cancellationToken) => Change(Sql.Command(End, id), cancellationToken);

    /// <summary>Takes a run over whose runner is dead.</summary>
    /// <returns>What is to be run; null if there is nothing to do, or it may not be begun once more and has failed herewith.</returns>
    public async Task<RemoteTaskRequest?> TakeOver(Guid id, Guid runner, int maxAttempts, CancellationToken cancellationToken)
    {
        const string Lost = "The silo that ran the task is gone, and it may not be begun once more.";
        await using var batch = postgres.Batch(Sql.Command(GiveUp, id, Lost, maxAttempts), Sql.Command(Adopt, id, runner, maxAttempts));
        return await ReadRequest(batch, cancellationToken);
    }

    public async Task<Guid[]> Orphans(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindOrphans));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetGuid(0));
        return [.. ids];
    }

    /// <summary>Ends runs that nobody takes over, once they have been without a runner for long.</summary>
    public async Task<int> GiveUpOn(Guid[] ids, string sentence, CancellationToken cancellationToken)
    {
        const string Statement = $"""
            update remote_tasks t set state = 'failed', error_kind = 'runner_lost', error = $2, ended_at = now() where id = any ($1) and {IsOrphan}
            """;
        await using var batch = postgres.Batch(Sql.Command(Statement, ids, sentence));
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<int> RemoveEnded(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command("delete from remote_tasks where ended_at < now() - $1", olderThan));
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<RemoteTaskRequest?> FindRequest(Guid id, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(RequestOf, id));
        return await ReadRequest(batch, cancellationToken);
    }

    public async Task<RemoteTaskReport?> Find(Guid id, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Columns + ", answer, answer_type from remote_tasks where id = $1", id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var answer = reader.GetValue(13) is byte[] body ? new TaskAnswer(body, reader.GetValue(14) as string) : null;
        return new(ReadTask(reader), answer);
    }

    public async Task<RemoteTask[]> List(RemoteTaskState? state, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindBefore, state?.Text() ?? "", before ?? Guid.Empty, limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var tasks = new List<RemoteTask>();
        while (await reader.ReadAsync(cancellationToken))
            tasks.Add(ReadTask(reader));
        return [.. tasks];
    }

    private static RemoteTask ReadTask(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), RemoteTaskTexts.State(row.GetString(3)), row.GetInt32(4), row.GetValue(5) as string,
        new(row.GetDateTime(6)), Time(row, 7), Time(row, 8), Time(row, 9),
        row.GetValue(10) is string kind ? RemoteTaskTexts.ErrorKind(kind) : null, row.GetValue(11) as string, row.GetValue(12) as int?);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.GetValue(column) is DateTime time ? new(time) : null;

    private static async Task<RemoteTaskRequest?> ReadRequest(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetValue(3) as string)
            : null;
    }

    private async Task<bool> Change(NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(command);
        return await batch.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}
