using Granero.Support;
using Npgsql;

namespace Granero.Peers;

/// <summary>Reads of many peers at a time. What would read all rows is asked now and then, and its answer kept.</summary>
internal sealed class PeerDirectoryStore(NpgsqlDataSource postgres, TimeProvider time)
{
    private const string Counts = """
        select (select count(*) from peers), (select count(*) from logged_in_peers where lease_ends_at > $1),
               case when estimate > 100000 then estimate else (select count(*) from shared_files) end,
               (select count(*) from published_files), (select coalesce(sum(length), 0) from published_files)::bigint
        from (select reltuples::bigint as estimate from pg_class where oid = 'shared_files'::regclass) c
        """;

    private const string Page = """
        select p.peer, p.address, p.logged_in_at, p.lease_ends_at,
               (select count(*) from shared_files s where s.peer = p.peer),
               (select count(*) from published_files f where f.peer = p.peer)
        from logged_in_peers p
        where p.lease_ends_at > $1 and p.peer > $2 and (strpos(lower(p.peer), $3) > 0 or strpos(p.address, $3) > 0)
        order by p.peer limit $4
        """;

    private const string Matching = """
        select count(*) from logged_in_peers p
        where p.lease_ends_at > $1 and (strpos(lower(p.peer), $2) > 0 or strpos(p.address, $2) > 0)
        """;

    private const string FilesOf = "select file_name from shared_files where peer = $1 and file_name > $2 order by file_name limit $3";

    private const string Token = "select exists (select from logged_in_peers where token_hash = $1 and lease_ends_at > $2)";

    private static readonly TimeSpan KeepTotals = TimeSpan.FromSeconds(5);

    private (long At, PeersTotals Totals)? _totals;

    public async Task<PeersBoard> Read(string search, string after, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var totals = await Totals(now, cancellationToken);
        var text = search.ToLowerInvariant();
        await using var batch = postgres.Batch(Sql.Command(Matching, now, text), Sql.Command(Page, now, after, text, limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var matching = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var peers = new List<PeerLine>();
        while (await reader.ReadAsync(cancellationToken))
        {
            peers.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetDateTime(2), reader.GetDateTime(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        return new(now, totals, matching, [.. peers]);
    }

    public async Task<string[]> ReadFiles(string peer, string after, int limit, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FilesOf, peer, after, limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var files = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            files.Add(reader.GetString(0));
        return [.. files];
    }

    public async Task<bool> IsToken(byte[] tokenHash, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Token, tokenHash, time.GetUtcNow()));
        return (bool)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<PeersTotals> Totals(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_totals is { } kept && time.GetElapsedTime(kept.At) < KeepTotals)
            return kept.Totals;
        var at = time.GetTimestamp();
        await using var batch = postgres.Batch(Sql.Command(Counts, now));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var totals = new PeersTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
        _totals = (at, totals);
        return totals;
    }
}
