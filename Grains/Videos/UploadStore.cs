using Granero.Support;
using Npgsql;

namespace Granero.Videos;

/// <summary>The rows of <c>video_uploads</c>: uploads in several requests that are not whole yet.</summary>
internal sealed class UploadStore(NpgsqlDataSource postgres)
{
    /// <summary>Uploads that one user may have begun at a time.</summary>
    public const int MaxOfUser = 100;

    private const string Insert = $"""
        insert into video_uploads (id, user_id, file_name, length, metadata, expires_at)
        select $2, $1, $3, $4, $5, $6
        where (select count(*) from video_uploads where user_id = $1 and expires_at > now()) < $7 and {VideoStore.BytesOfUser} + $4 <= $8
        on conflict do nothing
        """;

    private const string FindOpen = """
        select id, file_name, length, expires_at, null::bigint, metadata from video_uploads where id = $1 and user_id = $2 and expires_at > now()
        union all
        select upload, file_name, length, uploaded_at, id, upload_metadata from videos where upload = $1 and user_id = $2
        """;

    private const string Unknown = """
        select wanted.id from unnest($1) as wanted (id)
        where not exists (select from videos where upload = wanted.id) and not exists (select from video_uploads u where u.id = wanted.id)
        """;

    /// <returns>False if the user has begun too many, or all of them with the user's videos would take more than the quota.</returns>
    public async Task<bool> BeginAsync(
        long userId, Guid upload, string fileName, long length, string? metadata, DateTimeOffset expiresAt, long quotaBytes, CancellationToken cancellationToken)
    {
        await using (var batch = postgres.Batch(
            Sql.Command(VideoStore.LockUser, userId),
            Sql.Command(Insert, userId, upload, fileName, length, (object?)metadata ?? DBNull.Value, expiresAt, (long)MaxOfUser, quotaBytes)))
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        return await FindAsync(userId, upload, cancellationToken) is not null;
    }

    /// <returns>The upload, also when it has become a video; null if the user has none, or it has expired.</returns>
    public async Task<ResumableUpload?> FindAsync(long userId, Guid upload, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindOpen, upload, userId));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetDateTime(3), reader.GetValue(4) as long?, reader.GetValue(5) as string)
            : null;
    }

    /// <returns>False if there is none.</returns>
    public async Task<bool> ExtendAsync(long userId, Guid upload, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(
            "update video_uploads set expires_at = $3 where id = $1 and user_id = $2 and expires_at > now()", upload, userId, expiresAt));
        return await batch.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task RemoveAsync(long userId, Guid upload, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command("delete from video_uploads where id = $1 and user_id = $2", upload, userId));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets those that have expired: their files belong to nothing from then on.</summary>
    public async Task RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command("delete from video_uploads where expires_at <= now()"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>Those of the uploads that belong to nothing.</returns>
    public async Task<Guid[]> FindUnknownAsync(Guid[] uploads, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command($"select array({Unknown})", uploads));
        return (Guid[])(await batch.ExecuteScalarAsync(cancellationToken))!;
    }
}
