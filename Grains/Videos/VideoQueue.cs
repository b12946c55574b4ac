using Granero.Support;
using Npgsql;

namespace Granero.Videos;

/// <summary>
/// The queue of the encoders: the rows of <c>videos</c> that wait. Postgres is the one clock of all leases. Whoever writes to a row that is processed
/// names its attempt; when somebody else has taken the video meanwhile, or its user has stopped it, nothing is written.
/// </summary>
internal sealed class VideoQueue(NpgsqlDataSource postgres)
{
    // Claims are few, and one at a time each sees what the others have taken.
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('queue of videos', 0))";

    /// <summary>Encoders that show no sign of life lose their videos, which wait again, or have been tried often enough.</summary>
    private const string TakeBack = """
        update videos set
            status = case when failures + 1 >= $1 then 3 else 0 end,
            failure = case when failures + 1 >= $1 then 'The process that worked on it has died each time, ' || $1 || ' times in all.' end,
            finished_at = case when failures + 1 >= $1 then now() end,
            failures = failures + 1, lease_ends_at = null
        where status = 1 and lease_ends_at <= now()
        """;

    /// <summary>In turn: of the users that wait, the one whose last turn is the longest ago; of its videos the oldest.</summary>
    private const string Claim = """
        with recursive waiting as (
            (select user_id from videos where status = 0 order by user_id limit 1)
            union all
            select (select v.user_id from videos v where v.status = 0 and v.user_id > u.user_id order by v.user_id limit 1)
            from waiting u where u.user_id is not null),
        next as (
            select (select v.id from videos v where v.user_id = u.user_id and v.status = 0 order by v.id limit 1) as id
            from waiting u where u.user_id is not null
            order by
                (select count(*) from videos v where v.status = 1 and v.user_id = u.user_id),
                (select v.started_at from videos v where v.user_id = u.user_id and v.started_at is not null order by v.started_at desc limit 1) nulls first,
                u.user_id
            limit 1)
        update videos v set status = 1, percent = 0, attempt = attempt + 1, encoder = $1, started_at = clock_timestamp(), lease_ends_at = now() + $2
        from next where v.id = next.id
        returning v.id, v.attempt, v.failures, v.upload, v.width, v.height, v.duration_ms, v.has_sound, v.channels
        """;

    private const string Beat = """
        with own as (
            update videos set percent = $3, lease_ends_at = now() + $4 where id = $1 and attempt = $2 and status = 1 returning id)
        select pg_notify($5, $6) from own
        """;

    private const string Finish = """
        with own as (
            update videos set status = 2, percent = 100, result_length = $3, lease_ends_at = null, finished_at = now()
            where id = $1 and attempt = $2 and status = 1 returning id)
        select pg_notify($4, $5) from own
        """;

    private const string IsFinished = "select exists (select from videos where id = $1 and attempt = $2 and status = 2)";

    private const string Fail = """
        with own as (
            update videos set
                status = case when $4 or failures + 1 >= $5 then 3 else 0 end,
                failure = case when $4 or failures + 1 >= $5 then $3 end,
                finished_at = case when $4 or failures + 1 >= $5 then now() end,
                failures = failures + 1, lease_ends_at = null
            where id = $1 and attempt = $2 and status = 1 returning id)
        select pg_notify($6, $7) from own
        """;

    private const string GiveBack = """
        update videos set status = 0, percent = 0, lease_ends_at = null where id = $1 and attempt = $2 and status = 1
        """;

    /// <summary>Takes the next video.</summary>
    /// <returns>Null if none waits.</returns>
    public async Task<EncodingJob?> ClaimAsync(string encoder, TimeSpan lease, int maxAttempts, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Lock), Sql.Command(TakeBack, maxAttempts), Sql.Command(Claim, encoder, lease));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken); // past the lock
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var facts = new VideoFacts(reader.GetInt32(4), reader.GetInt32(5), TimeSpan.FromMilliseconds(reader.GetInt32(6)), reader.GetBoolean(7), reader.GetInt32(8));
        return new(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2) + 1, reader.GetGuid(3), facts);
    }

    /// <summary>Says how far it is, and that its encoder lives.</summary>
    /// <returns>False if the video is not this attempt's any more.</returns>
    public Task<bool> BeatAsync(EncodingJob job, int percent, TimeSpan lease, CancellationToken cancellationToken) =>
        IsOwnAsync(Sql.Command(Beat, job.Id, job.Attempt, (short)percent, lease, VideoNews.Channel, VideoNews.Changed(job.Id)), cancellationToken);

    /// <summary>The result is in its place: the video is processed. Repeating it is harmless.</summary>
    /// <returns>False if the video is not this attempt's any more, and the result of no use.</returns>
    public async Task<bool> FinishAsync(EncodingJob job, long resultLength, CancellationToken cancellationToken)
    {
        if (await IsOwnAsync(Sql.Command(Finish, job.Id, job.Attempt, resultLength, VideoNews.Channel, VideoNews.Changed(job.Id)), cancellationToken))
            return true;
        await using var batch = postgres.Batch(Sql.Command(IsFinished, job.Id, job.Attempt));
        return (bool)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The attempt came to nothing: the video waits again, or is given up.</summary>
    /// <param name="job">What was tried.</param>
    /// <param name="failure">Why, as a sentence.</param>
    /// <param name="isFinal">Whether another attempt would end the same.</param>
    /// <param name="maxAttempts">Attempts before it is given up.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task FailAsync(EncodingJob job, string failure, bool isFinal, int maxAttempts, CancellationToken cancellationToken) => IsOwnAsync(
        Sql.Command(Fail, job.Id, job.Attempt, failure, isFinal, maxAttempts, VideoNews.Channel, VideoNews.Changed(job.Id)), cancellationToken);

    /// <summary>This silo stops: another goes on at once, and the attempt does not count.</summary>
    public async Task GiveBackAsync(EncodingJob job, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(GiveBack, job.Id, job.Attempt), Sql.Command("select pg_notify($1, $2)", VideoNews.Channel, VideoNews.Queued));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> IsOwnAsync(NpgsqlBatchCommand statement, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(statement);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }
}

/// <summary>A video that an encoder has taken.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Attempt">The fence: what the encoder writes lies under this number.</param>
/// <param name="Try">Which attempt it is since the user last asked, from 1 on.</param>
/// <param name="Upload">The upload to be processed.</param>
/// <param name="Facts">What ffprobe said about it.</param>
internal sealed record EncodingJob(long Id, int Attempt, int Try, Guid Upload, VideoFacts Facts);
