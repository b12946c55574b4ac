using Granero.Support;
using Npgsql;
using Orleans.Concurrency;

namespace Granero.Accounts;

/// <summary>The rows of <c>token_keys</c>.</summary>
[GrainType("key-ring"), StatelessWorker]
internal sealed class KeyRingGrain(NpgsqlDataSource postgres) : Grain, IKeyRingGrain
{
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('token keys', 0))";

    private const string Insert = """
        insert into token_keys (name, xml)
        select $1, $2 where not exists (select from token_keys where created_at > now() - interval '1 minute')
        on conflict do nothing
        """;

    public async Task<string[]> Read(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command("select array(select xml from token_keys order by created_at)"));
        return (string[])(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task Add(string name, string xml, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Lock), Sql.Command(Insert, name, xml));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
