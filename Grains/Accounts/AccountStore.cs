using Granero.Support;
using Npgsql;

namespace Granero.Accounts;

/// <summary>The rows of <c>users</c> and <c>user_secrets</c>.</summary>
internal sealed class AccountStore(NpgsqlDataSource postgres)
{
    // Whoever comes second waits here for the first one's commit.
    private const string Insert = """
        with added as (
            insert into users (username, email, created_at) values ($1, $2, $3) on conflict do nothing returning id)
        insert into user_secrets (user_id, password_hash, sign_up) select id, $4, $5 from added
        """;

    // A user name that is taken comes before an e-mail that is.
    private const string Holders = """
        select u.id, u.username, s.sign_up from users u join user_secrets s on s.user_id = u.id
        where u.username = $1 or lower(u.email) = lower($2) order by u.username = $1 desc
        """;

    private const string Password = """
        select u.id, s.password_hash, u.disabled_at is not null from users u join user_secrets s on s.user_id = u.id where u.username = $1
        """;

    private const string Renew = "update user_secrets set password_hash = $3 where user_id = $1 and password_hash = $2";

    /// <summary>Adds the account unless its name or e-mail is taken; durable when it returns.</summary>
    /// <returns>Who has the name, and who has the e-mail: the new account alone if it was added.</returns>
    public Task<AccountHolder[]> Add(string username, SignUp signUp, string passwordHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReadHolders(
            postgres.Batch(
                Sql.Command(Insert, username, signUp.Email, now, passwordHash, signUp.Id), Sql.Command(Holders, username, signUp.Email)),
            cancellationToken);

    /// <returns>Who has the name, and who has the e-mail.</returns>
    public Task<AccountHolder[]> FindHolders(string username, string email, CancellationToken cancellationToken) =>
        ReadHolders(postgres.Batch(Sql.Command(Holders, username, email)), cancellationToken);

    public async Task<(long UserId, string Hash, bool IsDisabled)?> FindPassword(string username, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Password, username));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2)) : null;
    }

    /// <summary>Puts a stronger hash of the same password in the place of the old one, unless that has changed meanwhile.</summary>
    public async Task RenewHash(long userId, string before, string after, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Renew, userId, before, after));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<AccountHolder[]> ReadHolders(NpgsqlBatch statements, CancellationToken cancellationToken)
    {
        await using var batch = statements;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken); // at the one result: the insert has none
        var holders = new List<AccountHolder>();
        while (await reader.ReadAsync(cancellationToken))
            holders.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetGuid(2)));
        return [.. holders];
    }
}

/// <summary>An account that has a name or an e-mail.</summary>
internal sealed record AccountHolder(long UserId, string Username, Guid SignUp);
