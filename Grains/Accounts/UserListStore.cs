using Granero.Support;
using Npgsql;

namespace Granero.Accounts;

/// <summary>Reads of many users at a time, and who of them is disabled.</summary>
internal sealed class UserListStore(NpgsqlDataSource postgres)
{
    private const string Page = """
        select id, username, email, created_at, disabled_at from users
        where username > $1 and (strpos(lower(username), $2) > 0 or strpos(lower(email), $2) > 0) order by username limit $3
        """;

    private const string Disable = """
        with changed as (update users set disabled_at = case when $2 then coalesce(disabled_at, $3) end where username = $1 returning id),
        ended as (update user_secrets set tokens_from = $3 from changed where user_id = changed.id and $2)
        select exists (select from changed)
        """;

    // A token that was given while the user was being disabled: the user may not be disabled now.
    private const string Token = """
        select exists (
            select from users u join user_secrets s on s.user_id = u.id
            where u.id = $1 and u.disabled_at is null and (s.tokens_from is null or s.tokens_from < $2))
        """;

    public async Task<UserLine[]> Read(string search, string after, int limit, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Page, after, search.ToLowerInvariant(), limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var users = new List<UserLine>();
        while (await reader.ReadAsync(cancellationToken))
            users.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetDateTime(3), reader.GetValue(4) as DateTime?));
        return [.. users];
    }

    public async Task<bool> SetDisabled(string username, bool isDisabled, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Disable, username, isDisabled, now));
        return (bool)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<bool> IsTokenGood(long userId, DateTimeOffset givenAt, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Token, userId, givenAt));
        return (bool)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }
}
