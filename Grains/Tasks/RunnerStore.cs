using Granero.Support;
using Npgsql;

namespace Granero.Tasks;

/// <summary>The rows of <c>task_runners</c>: which silos are there to run containers. The clock is Postgres's, which all of them share.</summary>
internal sealed class RunnerStore(NpgsqlDataSource postgres)
{
    // Whoever was at the address before is dead: two silos cannot have one.
    private const string Renewal = """
        insert into task_runners (runner, silo, lease_ends_at) values ($1, $2, now() + $3)
        on conflict (silo) do update set runner = excluded.runner, lease_ends_at = excluded.lease_ends_at
        """;

    private const string Leaving = "delete from task_runners where runner = $1";

    private const string Forgetting = "delete from task_runners where lease_ends_at < now() - interval '1 hour'";

    public async Task<Guid> Installation(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command("select id from task_installation limit 1"));
        return (Guid)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task Renew(Guid runner, string silo, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Renewal, runner, silo, lease), Sql.Command(Forgetting));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task Leave(Guid runner, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Leaving, runner));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>Whether a runner is alive, or was less than half a minute ago: it may only have waited for its database.</returns>
    public async Task<bool> HasAny(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command("select exists (select from task_runners where lease_ends_at > now() - interval '30 seconds')"));
        return (bool)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<HashSet<Guid>> Alive(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command("select runner from task_runners where lease_ends_at > now()"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var alive = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            alive.Add(reader.GetGuid(0));
        return alive;
    }
}
