using Granero.Support;
using Npgsql;

namespace Granero.Peers;

/// <summary>A login, as one transaction over the rows of <c>peers</c>, <c>logged_in_peers</c> and <c>shared_files</c>.</summary>
internal sealed class LoginStore(NpgsqlDataSource postgres)
{
    // Rows that do not exist yet cannot be locked: whoever wants to make one for this peer or address waits here.
    private const string LockNames = """
        select pg_advisory_xact_lock(key) from (
            select key from unnest(array[hashtextextended('peer ' || $1, 0), hashtextextended('address ' || $2, 0)]) as key
            order by key) as keys
        """;

    private const string LockRows = """
        select peer, logged_in_from, lease_ends_at from logged_in_peers where peer = $1 or address = any ($2) order by peer for update
        """;

    private const string Register = """
        insert into peers (peer, password_hash, registered_at) values ($1, $2, $4)
        on conflict (peer) do update set password_hash = excluded.password_hash
            where peers.password_hash = $3 and excluded.password_hash <> $3
        """;

    private const string IsRegistered = "select exists (select from peers where peer = $1 and password_hash = $2)";

    private const string RemoveLeaving = """
        with gone as (delete from logged_in_peers where peer = any ($1)),
        removed as (delete from shared_files where peer = any ($1) returning file_name)
        select array(select file_name from removed)
        """;

    private const string MovingFiles = """
        select array(
            select s.file_name from shared_files s join logged_in_peers p using (peer) where p.peer = $1 and p.address <> $2)
        """;

    private const string Enter = """
        insert into logged_in_peers (peer, address, logged_in_from, token_hash, logged_in_at, lease_ends_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (peer) do update set address = excluded.address, logged_in_from = excluded.logged_in_from,
            token_hash = excluded.token_hash, logged_in_at = excluded.logged_in_at, lease_ends_at = excluded.lease_ends_at
        """;

    /// <summary>Registers the peer if need be and lists it at its address; all of it or nothing.</summary>
    public async Task<LoginResult> LogIn(LoginRows login, CancellationToken cancellationToken)
    {
        await using var connection = await postgres.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var leaving = await FindLeaving(connection, transaction, login, cancellationToken);
        if (leaving is null)
            return new(LoginOutcome.AddressIsTaken, []);

        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                Sql.Command(Register, login.Peer, login.PasswordHash, login.PasswordHashBefore ?? "", login.Now),
                Sql.Command(IsRegistered, login.Peer, login.PasswordHash),
                Sql.Command(RemoveLeaving, leaving),
                Sql.Command(MovingFiles, login.Peer, login.Address.ToString()),
                Sql.Command(Enter, login.Peer, login.Address.ToString(), login.Ip, login.TokenHash, login.Now, login.LeaseEndsAt),
            },
        };
        var changed = await ReadChangedFiles(batch, cancellationToken);
        if (changed is null)
            return new(LoginOutcome.PasswordChanged, []);
        await transaction.CommitAsync(cancellationToken);
        return new(LoginOutcome.LoggedIn, changed);
    }

    /// <returns>The peers that have to go: who must give way at the address, and the peer itself if its lease has run out; null if who is there need not.</returns>
    private static async Task<List<string>?> FindLeaving(
        NpgsqlConnection connection, NpgsqlTransaction transaction, LoginRows login, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { Sql.Command(LockNames, login.Peer, login.Address.Key), Sql.Command(LockRows, login.Peer, login.Address.Texts) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var leaving = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (peer, from, isExpired) = (reader.GetString(0), reader.GetString(1), reader.GetDateTime(2) <= login.Now.UtcDateTime);
            if (peer == login.Peer && !isExpired)
                continue;
            if (!isExpired && from != login.Ip && !login.IsAtAddress)
                return null;
            leaving.Add(peer);
        }

        return leaving;
    }

    /// <returns>Null if the password is not the one that was checked any more.</returns>
    private static async Task<string[]?> ReadChangedFiles(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0))
            return null;
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var removed = await reader.GetFieldValueAsync<string[]>(0, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return [.. removed, .. await reader.GetFieldValueAsync<string[]>(0, cancellationToken)];
    }
}

/// <param name="Peer">Who.</param>
/// <param name="Address">Where it will be listed.</param>
/// <param name="Ip">Who may act for it.</param>
/// <param name="IsAtAddress">Whether the caller's own IP is that of the address, which proves that nobody else is there.</param>
/// <param name="TokenHash">The hash of its new token.</param>
/// <param name="PasswordHashBefore">What the password was checked against; null for a user that was not registered.</param>
/// <param name="PasswordHash">What is to be stored; the same unless it is to be renewed.</param>
/// <param name="Now">The time.</param>
/// <param name="LeaseEndsAt">Until when it stays without a call.</param>
internal sealed record LoginRows(
    string Peer, PeerAddress Address, string Ip, bool IsAtAddress, byte[] TokenHash,
    string? PasswordHashBefore, string PasswordHash, DateTimeOffset Now, DateTimeOffset LeaseEndsAt);

/// <param name="Outcome">What came of it.</param>
/// <param name="ChangedFiles">The files whose holders are others now, or elsewhere.</param>
internal sealed record LoginResult(LoginOutcome Outcome, string[] ChangedFiles);

internal enum LoginOutcome
{
    LoggedIn,
    AddressIsTaken,
    PasswordChanged,
}
