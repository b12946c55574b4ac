using Granero.Support;
using Npgsql;

namespace Granero.Videos;

/// <summary>The rows of <c>videos</c>, as their users see and change them. What encoders do with them is in <see cref="VideoQueue"/>.</summary>
internal sealed class VideoStore(NpgsqlDataSource postgres)
{
    /// <summary>What makes up a <see cref="Video"/>.</summary>
    private const string Columns = "id, file_name, uploaded_at, status, percent, attempt, failure, length, sha256, result_length";

    private const string Find = $"select {Columns} from videos where id = $1 and user_id = $2";

    private const string TellQueued = $"select pg_notify('{VideoNews.Channel}', '{VideoNews.Queued}')";

    private const string TellStopped = $"select pg_notify('{VideoNews.Channel}', $1::text)";

    /// <summary>What a user's videos take may not change until the end of the transaction.</summary>
    public const string LockUser = "select pg_advisory_xact_lock(hashtextextended('videos of ' || $1::bigint, 0))";

    /// <summary>Bytes that the videos of user $1 take, and those that the uploads it has begun may bring; but for upload $2.</summary>
    public const string BytesOfUser = """
        (select coalesce(sum(length + coalesce(result_length, 0)), 0) from videos where user_id = $1)
            + (select coalesce(sum(length), 0) from video_uploads where user_id = $1 and id <> $2 and expires_at > now())
        """;

    private const string Insert = $"""
        insert into videos (user_id, upload, file_name, uploaded_at, length, sha256, width, height, duration_ms, has_sound, channels, upload_metadata)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, (select metadata from video_uploads where id = $2)
        where {BytesOfUser} + $5 <= $12
        on conflict (upload) do nothing
        """;

    private const string Listing = "select id, status from videos where user_id = $1 order by id";

    private const string CancelRow = """
        update videos set status = 4, lease_ends_at = null, finished_at = now() where id = $1 and user_id = $2 and status in (0, 1)
        """;

    private const string RetryRow = """
        update videos set status = 0, percent = 0, failures = 0, failure = null, finished_at = null
        where id = $1 and user_id = $2 and status in (3, 4)
        """;

    private const string DeleteRow = """
        with gone as (delete from videos where id = $1 and user_id = $2 returning *)
        insert into deleted_videos (id, request, deleted_at, video) select id, $3, now(), to_jsonb(gone) from gone
        """;

    private const string FindDeleted = """
        select v.id, v.file_name, v.uploaded_at, v.status, v.percent, v.attempt, v.failure, v.length, v.sha256, v.result_length, v.upload
        from deleted_videos d cross join lateral jsonb_populate_record(null::videos, d.video) v
        where d.id = $1 and v.user_id = $2 and d.request = $3
        """;

    /// <returns>Null if the user has no such video.</returns>
    public Task<Video?> FindAsync(long id, long userId, CancellationToken cancellationToken) =>
        ReadOneAsync(cancellationToken, Sql.Command(Find, id, userId));

    /// <returns>The video that this upload has become; null if it has not.</returns>
    public Task<Video?> FindByUploadAsync(Guid upload, long userId, CancellationToken cancellationToken) =>
        ReadOneAsync(cancellationToken, Sql.Command($"select {Columns} from videos where upload = $1 and user_id = $2", upload, userId));

    /// <summary>Takes the upload as a video, once; durable when it returns.</summary>
    /// <returns>Null if the user's videos would take more than the quota.</returns>
    public Task<Video?> AddAsync(
        long userId, UploadedFile file, VideoFacts facts, long quotaBytes, DateTimeOffset now, CancellationToken cancellationToken) => ReadOneAsync(
            cancellationToken,
            Sql.Command(LockUser, userId),
            Sql.Command(
                Insert, userId, file.Id, file.FileName, now, file.Length, file.Sha256,
                facts.Width, facts.Height, (int)Math.Min(facts.Duration.TotalMilliseconds, int.MaxValue), facts.HasSound, facts.Channels, quotaBytes),
            Sql.Command("delete from video_uploads where id = $1", file.Id),
            Sql.Command(TellQueued),
            Sql.Command($"select {Columns} from videos where upload = $1 and user_id = $2", file.Id, userId));

    /// <returns>Bytes that the user's videos take, and uploads that it has begun may bring.</returns>
    public async Task<long> BytesOfAsync(long userId, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command($"select ({BytesOfUser})::bigint", userId, Guid.Empty));
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<VideoList> ListAsync(long userId, int? max, bool descending, CancellationToken cancellationToken)
    {
        // One row of arrays: thousands of rows cost several times as much to read.
        var text = $"select coalesce(array_agg(id), '{{}}'), coalesce(array_agg(status), '{{}}') from ({Listing}{(descending ? " desc" : "")} limit $2) as listed";
        await using var batch = postgres.Batch(Sql.Command(text, userId, max ?? long.MaxValue));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new((long[])reader.GetValue(0), Array.ConvertAll((short[])reader.GetValue(1), status => (byte)status));
    }

    /// <summary>Stops it if it waits or is processed.</summary>
    /// <returns>The video as it is now; null if the user has none.</returns>
    public Task<Video?> CancelAsync(long id, long userId, CancellationToken cancellationToken) => ReadOneAsync(
        cancellationToken, Sql.Command(CancelRow, id, userId), Sql.Command(TellStopped, VideoNews.Stopped(id)), Sql.Command(Find, id, userId));

    /// <summary>Puts it into the queue again if it has failed or was cancelled.</summary>
    /// <returns>The video as it is now; null if the user has none.</returns>
    public Task<Video?> RetryAsync(long id, long userId, CancellationToken cancellationToken) => ReadOneAsync(
        cancellationToken, Sql.Command(RetryRow, id, userId), Sql.Command(TellQueued), Sql.Command(Find, id, userId));

    /// <summary>Deletes the rows; the files are for the caller, or for the sweep.</summary>
    /// <returns>The video as it was; null if the user has none, and this request has not deleted one.</returns>
    public async Task<(Video Video, Guid Upload)?> DeleteAsync(long id, long userId, Guid request, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(DeleteRow, id, userId, request), Sql.Command(TellStopped, VideoNews.Stopped(id)), Sql.Command(FindDeleted, id, userId, request));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken); // past the telling
        return await reader.ReadAsync(cancellationToken) ? (VideoOf(reader), reader.GetGuid(10)) : null;
    }

    /// <summary>Runs the statements as one transaction, and reads the video that the last one selects.</summary>
    private async Task<Video?> ReadOneAsync(CancellationToken cancellationToken, params NpgsqlBatchCommand[] statements)
    {
        await using var batch = postgres.Batch(statements);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (reader.FieldCount < 10 && await reader.NextResultAsync(cancellationToken))
        {
            // Past what locking and telling return.
        }

        return await reader.ReadAsync(cancellationToken) ? VideoOf(reader) : null;
    }

    private static Video VideoOf(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetDateTime(2), (VideoStatus)row.GetInt16(3), row.GetInt16(4), row.GetInt32(5),
        row.IsDBNull(6) ? null : row.GetString(6), row.GetInt64(7), (byte[])row.GetValue(8), row.IsDBNull(9) ? null : row.GetInt64(9));
}
