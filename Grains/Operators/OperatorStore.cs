using Granero.Support;
using Npgsql;

namespace Granero.Operators;

/// <summary>The rows of <c>operators</c> and <c>operator_sessions</c>.</summary>
internal sealed class OperatorStore(NpgsqlDataSource postgres)
{
    private const string Find = """
        select exists (select from operators), s.operator, s.ends_at
        from (values (1)) one left join operator_sessions s on s.token_hash = $1 and s.ends_at > $2
        """;

    private const string FindPasswordHash = "select password_hash from operators where operator = $1";

    private const string Upsert = """
        insert into operators (operator, password_hash, made_at) values ($1, $2, $3)
        on conflict (operator) do update set password_hash = excluded.password_hash
        """;

    private const string FindGivenHash = "select given_hash from operators where operator = $1";

    private const string UpsertGiven = """
        insert into operators (operator, password_hash, given_hash, made_at) values ($1, $2, $2, $3)
        on conflict (operator) do update set password_hash = excluded.password_hash, given_hash = excluded.given_hash
        """;

    private const string Begin = """
        insert into operator_sessions (token_hash, operator, from_ip, began_at, ends_at) values ($1, $2, $3, $4, $5)
        on conflict (token_hash) do nothing
        """;

    private const string DropOld = "delete from operator_sessions where ends_at <= $1";

    private const string End = "delete from operator_sessions where token_hash = $1";

    private const string EndOthers = "delete from operator_sessions where operator = $1 and token_hash <> $2";

    public async Task<Admission> Admit(byte[] tokenHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Find, tokenHash, now));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var session = await reader.IsDBNullAsync(1, cancellationToken)
            ? null
            : new OperatorSession(reader.GetString(1), reader.GetDateTime(2));
        return new(reader.GetBoolean(0), session);
    }

    /// <returns>Null if there is no such operator.</returns>
    public async Task<string?> PasswordHashOf(string name, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindPasswordHash, name));
        return (string?)await batch.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Makes the operator, or gives it another password.</summary>
    public Task Put(string name, string passwordHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        Execute(cancellationToken, Sql.Command(Upsert, name, passwordHash, now));

    /// <returns>The hash of the password that a file gave last; null if none did.</returns>
    public async Task<string?> GivenHashOf(string name, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(FindGivenHash, name));
        return await batch.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>As <see cref="Put"/>, the password being one that a file gives. Sessions of the old one end.</summary>
    public Task PutGiven(string name, string passwordHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        Execute(cancellationToken, Sql.Command(UpsertGiven, name, passwordHash, now), Sql.Command(EndOthers, name, Array.Empty<byte>()));

    public Task BeginSession(OperatorLogin login, DateTimeOffset now, DateTimeOffset endsAt, CancellationToken cancellationToken) =>
        Execute(cancellationToken, Sql.Command(DropOld, now), Sql.Command(Begin, login.TokenHash, login.Operator, login.Ip, now, endsAt));

    public Task EndSession(byte[] tokenHash, CancellationToken cancellationToken) => Execute(cancellationToken, Sql.Command(End, tokenHash));

    public Task EndOtherSessions(string name, byte[] tokenHash, CancellationToken cancellationToken) =>
        Execute(cancellationToken, Sql.Command(EndOthers, name, tokenHash));

    private async Task Execute(CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands)
    {
        await using var batch = postgres.Batch(commands);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
