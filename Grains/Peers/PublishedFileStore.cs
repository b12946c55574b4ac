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
            where f.content <> excluded.content and f.replaced is distinct from excluded.content
        """;

    // Also a content that the next one has replaced already: sent again, it must not take the place back, as its bytes are gone.
    private const string FindAdded = """
        select case when content = $3 then replaced end from published_files where peer = $1 and file_name = $2 and $3 in (content, replaced)
        """;

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

    /// <returns>What came of adding this file before; null if it was not.</returns>
    public async Task<Publication?> FindPublication(PublishedFile file, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindAdded, file.PeerName, file.Name, file.Id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadPublication(reader, cancellationToken);
    }

    /// <returns>What came of it, now or when it was added before; null if the quota does not allow it.</returns>
    public async Task<Publication?> Add(PublishedFile file, long quota, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(LockPeer, file.PeerName),
            Sql.Command(Insert, file.PeerName, file.Name, file.Id, file.Length, file.Sha256, now, quota),
            Sql.Command(FindAdded, file.PeerName, file.Name, file.Id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken); // past the lock's; the insert has none
        return await ReadPublication(reader, cancellationToken);
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

    private static async Task<Publication?> ReadPublication(NpgsqlDataReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken) ? new(reader.GetValue(0) as Guid?) : null;

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

/// <param name="Replaced">The content that the file took the place of, whose bytes are of no use any more; null if there is none, or it is not known any more.</param>
internal sealed record Publication(Guid? Replaced);
