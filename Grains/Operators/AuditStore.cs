using Granero.Support;
using Npgsql;

namespace Granero.Operators;

/// <summary>The rows of <c>operator_audit</c>.</summary>
internal sealed class AuditStore(NpgsqlDataSource postgres)
{
    private const string Insert = """
        insert into operator_audit (at, operator, from_ip, action, target, detail) values ($1, $2, $3, $4, $5, nullif($6, ''))
        returning entry
        """;

    private const string SetOutcome = "update operator_audit set outcome = $2 where entry = $1";

    private const string Latest = """
        select entry, at, operator, from_ip, action, target, detail, outcome
        from operator_audit where entry < $1 order by entry desc limit $2
        """;

    public async Task<long> Begin(OperatorChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            Sql.Command(Insert, now, change.Operator, change.Ip, change.Action, change.Target, change.Detail ?? ""));
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task End(long entry, string outcome, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(SetOutcome, entry, outcome));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<AuditEntry[]> Read(long before, int limit, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Latest, before, limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var entries = new List<AuditEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var change = new OperatorChange(
                reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetValue(6) as string);
            entries.Add(new(reader.GetInt64(0), reader.GetDateTime(1), change, reader.GetValue(7) as string));
        }

        return [.. entries];
    }
}
