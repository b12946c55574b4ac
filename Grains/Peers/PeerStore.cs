using Granero.Support;
using Npgsql;

namespace Granero.Peers;

/// <summary>The rows of <c>peers</c> and <c>logged_in_peers</c>; whoever leaves takes its rows of <c>shared_files</c> along.</summary>
/// <remarks>
/// Who writes a peer's files holds its row of <c>logged_in_peers</c>. Where files are deleted, the lock is a statement of its own: in one
/// with the delete, the snapshot could be older than the files that whoever held the row before has added.
/// </remarks>
internal sealed class PeerStore(NpgsqlDataSource postgres)
{
    private const string FindPasswordHash = "select password_hash from peers where peer = $1";

    private const string IsCallersAddress = """
        select bool_or(logged_in_from = $3 or token_hash = $4) from logged_in_peers where address = any ($1) and lease_ends_at > $2
        """;

    private const string FindAddressOf = """
        select p.address, exists (select from shared_files s where s.slice = $3 and s.file_name = $4 and s.peer = p.peer)
        from logged_in_peers p where p.peer = $1 and p.lease_ends_at > $2
        """;

    private const string IsCallers = """
        select logged_in_from = $3 or token_hash = $4 from logged_in_peers where peer = $1 and lease_ends_at > $2
        """;

    private const string LockAddress = "select from logged_in_peers where address = any ($1) for update";

    private const string Leave = """
        with gone as (
            delete from logged_in_peers
            where address = any ($1) and (logged_in_from = $3 or token_hash = $4 or lease_ends_at <= $2)
            returning peer),
        removed as (delete from shared_files s using gone where s.peer = gone.peer returning s.file_name)
        select array(select file_name from removed), not exists (select from gone) and exists (
            select from logged_in_peers where address = any ($1) and logged_in_from <> $3 and token_hash <> $4 and lease_ends_at > $2)
        """;

    private const string LockPeer = "select from logged_in_peers where peer = $1 for update";

    private const string DropPeer = """
        with gone as (delete from logged_in_peers where peer = $1 returning peer),
        removed as (delete from shared_files s using gone where s.peer = gone.peer returning s.file_name)
        select exists (select from gone), array(select file_name from removed)
        """;

    // In one order, as all who lock several rows: no two wait for each other.
    private const string Renewal = """
        with due as (
            select peer from logged_in_peers
            where (logged_in_from = any ($3) or token_hash = any ($4)) and lease_ends_at > $1 and lease_ends_at < $5
            order by peer for update)
        update logged_in_peers p set lease_ends_at = $2 from due where p.peer = due.peer
        """;

    private const string LockExpired = """
        select peer from logged_in_peers where lease_ends_at <= $1 order by peer limit 100 for update skip locked
        """;

    private const string Remove = """
        with gone as (delete from logged_in_peers where peer = any ($1)),
        removed as (delete from shared_files where peer = any ($1) returning file_name)
        select array(select file_name from removed)
        """;

    /// <returns>Null for a user that is not registered.</returns>
    public async Task<string?> PasswordHashOf(string peer, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindPasswordHash, peer));
        return (string?)await batch.ExecuteScalarAsync(cancellationToken);
    }

    /// <returns>Whether the caller may act for who is at the address; null if nobody is.</returns>
    public async Task<bool?> MayActAt(PeerAddress address, Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(IsCallersAddress, address.Texts, now, caller.Ip, caller.TokenHashOrNone()));
        return await batch.ExecuteScalarAsync(cancellationToken) as bool?;
    }

    /// <returns>Where the peer is, and whether it shares the file; null if it is not logged in.</returns>
    public async Task<(string Address, bool HasFile)?> Locate(string peer, string fileName, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindAddressOf, peer, now, SharedFiles.SliceOf(fileName), fileName));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetBoolean(1)) : null;
    }

    /// <returns>Whether the caller may act for the peer; null if it is not logged in.</returns>
    public async Task<bool?> MayActFor(string peer, Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(IsCallers, peer, now, caller.Ip, caller.TokenHashOrNone()));
        return (bool?)await batch.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Logs out who is at the address, if the caller may.</summary>
    /// <returns>The files that are not shared any more, none where nobody is; null if the caller may not.</returns>
    public async Task<string[]?> LogOut(PeerAddress address, Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(LockAddress, (object)address.Texts /* one value */), Sql.Command(Leave, address.Texts, now, caller.Ip, caller.TokenHashOrNone()));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(1) ? null : await reader.GetFieldValueAsync<string[]>(0, cancellationToken);
    }

    /// <summary>Logs the peer out, whoever asks.</summary>
    /// <returns>The files that are not shared any more; null if it was not logged in.</returns>
    public async Task<string[]?> Drop(string peer, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(LockPeer, peer), Sql.Command(DropPeer, peer));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0) ? await reader.GetFieldValueAsync<string[]>(1, cancellationToken) : null;
    }

    /// <summary>
    /// Renews the leases of the peers that were logged in from these IPs or have these tokens, unless they have run out. One that has
    /// hardly begun stays as it is: a peer that calls all the time is not written each time.
    /// </summary>
    public async Task Renew(string[] ips, byte[][] tokenHashes, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Renewal, now, now + lease, ips, tokenHashes, now + (lease * 0.95)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Logs out some of the peers whose lease has run out, in one transaction.</summary>
    /// <returns>How many, and the files that they do not share any more. None: all are gone.</returns>
    public async Task<(int Peers, string[] Files)> RemoveExpired(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await postgres.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var peers = new List<string>();
        await using (var locking = new NpgsqlBatch(connection, transaction) { BatchCommands = { Sql.Command(LockExpired, now) } })
        await using (var reader = await locking.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                peers.Add(reader.GetString(0));
        }

        await using var removing = new NpgsqlBatch(connection, transaction) { BatchCommands = { Sql.Command(Remove, peers) } };
        var files = (string[])(await removing.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return (peers.Count, files);
    }
}

internal static class CallerTokens
{
    /// <returns>An empty hash where there is no token: it equals none that is stored.</returns>
    public static byte[] TokenHashOrNone(this Caller caller) => caller.TokenHash ?? [];
}
