using Granero.Support;
using Npgsql;

namespace Granero.Tasks;

/// <summary>Counts over <c>remote_tasks</c>. Those over the last hour are kept for some seconds.</summary>
internal sealed class TaskBoardStore(NpgsqlDataSource postgres, TimeProvider time)
{
    private const string Unfinished = """
        select count(*) filter (where state in ('queued', 'preparing')), count(*) filter (where state in ('starting', 'running'))
        from remote_tasks where ended_at is null
        """;

    private const string LastHour = """
        select count(*) filter (where state = 'succeeded'), count(*) filter (where state = 'failed'),
               percentile_cont(0.5) within group (order by extract(epoch from ended_at - created_at)::double precision)
        from remote_tasks where created_at > now() - interval '1 hour' and ended_at is not null
        """;

    private const string RequestOf = "select image, calculation, parameters, additional_data from remote_tasks where id = $1";

    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(3);

    private (long At, long Succeeded, long Failed, double? Median)? _lastHour;

    public async Task<TaskBoard> Count(CancellationToken cancellationToken)
    {
        var (succeeded, failed, median) = await ReadLastHour(cancellationToken);
        await using var batch = postgres.Batch(Sql.Command(Unfinished));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(time.GetUtcNow(), 0, reader.GetInt64(0), reader.GetInt64(1), succeeded, failed, median, []);
    }

    /// <returns>What the run was asked for; null if there is none of that id.</returns>
    public async Task<RemoteTaskRequest?> FindRequest(Guid id, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(RequestOf, id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetValue(3) as string)
            : null;
    }

    private async Task<(long Succeeded, long Failed, double? Median)> ReadLastHour(CancellationToken cancellationToken)
    {
        if (_lastHour is { } kept && time.GetElapsedTime(kept.At) < Keep)
            return (kept.Succeeded, kept.Failed, kept.Median);
        var at = time.GetTimestamp();
        await using var batch = postgres.Batch(Sql.Command(LastHour));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var read = (reader.GetInt64(0), reader.GetInt64(1), reader.GetValue(2) as double?);
        _lastHour = (at, read.Item1, read.Item2, read.Item3);
        return read;
    }
}
