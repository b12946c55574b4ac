using Granero.Support;
using Npgsql;

namespace Granero.Peers;

/// <summary>The rows of <c>published_files</c>.</summary>
internal sealed class PublishedFileStore(NpgsqlDataSource postgres)
{
    // The user's row stands for the sum over its files, which cannot be locked.
    private const string LockPeer = "select from peers where peer = $1 for update";

    private const string Others = "select coalesce(sum(length), 0)::bigint from published_files where peer = $1 and file_name <> $2";

    private const string Insert = """
        insert into published_files as f (peer, file_name, content, length, sha256, published_at)
        select $1, $2, $3, $4, $5, $6
        where (select coalesce(sum(length), 0) from published_files where peer = $1 and file_name <> $2) + $4 <= $7
        on conflict (peer, file_name) do update set content = excluded.content, length = excluded.length, sha256 = excluded.sha256,
            published_at = excluded.published_at, replaced = f.content
            where f.content <> excluded.content
        """;

    private const string Added = "select replaced from published_files where peer = $1 and file_name = $2 and content = $3";

    private const string Columns = "select content, peer, file_name, length, sha256 from published_files ";

    private const string Unknown = """
        select id from unnest($1) as id where not exists (select from published_files where content = id)
        """;

    /// <returns>Bytes that the peer's files take, but for the one of this name.</returns>
    public async Task<long> BytesOfOthers(string peer, string fileName, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Others, peer, fileName));
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>What it took the place of, now or when it was added before; null if the quota does not allow it.</returns>
    public async Task<(Guid? Replaced, bool IsAdded)?> Add(PublishedFile file, long quota, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(LockPeer, file.PeerName),
            Sql.Command(Insert, file.PeerName, file.Name, file.Id, file.Length, file.Sha256, now, quota),
            Sql.Command(Added, file.PeerName, file.Name, file.Id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken); // past the lock's; the insert has none
        return await reader.ReadAsync(cancellationToken) ? (reader.GetValue(0) as Guid?, true) : null;
    }

    public async Task<PublishedFile?> Find(string peer, string fileName, CancellationToken cancellationToken)
    {
        var found = await Read(Sql.Command(Columns + "where peer = $1 and file_name = $2", peer, fileName), cancellationToken);
        return found.SingleOrDefault();
    }

    public Task<PublishedFile[]> Find(string fileName, CancellationToken cancellationToken) =>
        Read(Sql.Command(Columns + "where file_name = $1 order by published_at, peer", fileName), cancellationToken);

    public async Task<Guid[]> FindUnknown(Guid[] contents, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Unknown, contents));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var unknown = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            unknown.Add(reader.GetGuid(0));
        return [.. unknown];
    }

    private async Task<PublishedFile[]> Read(NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var files = new List<PublishedFile>();
        while (await reader.ReadAsync(cancellationToken))
        {
            files.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), (byte[])reader.GetValue(4)));
        }

        return [.. files];
    }
}
