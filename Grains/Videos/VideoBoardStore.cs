using Granero.Support;
using Npgsql;

namespace Granero.Videos;

/// <summary>Reads of all users' videos.</summary>
internal sealed class VideoBoardStore(NpgsqlDataSource postgres, TimeProvider time)
{
    private const string Counts = """
        select count(*) filter (where status = 0), count(*) filter (where status = 1), count(*) filter (where status = 2), count(*) filter (where status = 3)
        from videos
        """;

    private const string Page = """
        select v.id, u.username, v.file_name, v.uploaded_at, v.status, v.percent, v.failure, v.encoder, v.length,
               extract(epoch from coalesce(v.finished_at, now()) - v.started_at)::double precision
        from videos v join users u on u.id = v.user_id
        where ($1 < 0 or v.status = $1) and v.id < $2 order by v.id desc limit $3
        """;

    private const string Owner = "select user_id from videos where id = $1";

    public async Task<VideoBoard> Read(VideoStatus? status, long before, int limit, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(Counts), Sql.Command(Page, status is { } only ? (int)only : -1, before, limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var board = new VideoBoard(time.GetUtcNow(), reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), []);
        await reader.NextResultAsync(cancellationToken);
        var videos = new List<VideoLine>();
        while (await reader.ReadAsync(cancellationToken))
        {
            videos.Add(new(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetDateTime(3), (VideoStatus)reader.GetInt16(4), reader.GetInt16(5),
                reader.GetValue(6) as string, reader.GetValue(7) as string, reader.GetInt64(8), reader.GetValue(9) as double?));
        }

        return board with { Videos = [.. videos] };
    }

    public async Task<long?> FindOwner(long video, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Owner, video));
        return await batch.ExecuteScalarAsync(cancellationToken) as long?;
    }
}
