using Granero.Support;
using Npgsql;

namespace Granero.Cluster;

/// <summary>What Postgres says of itself.</summary>
internal sealed class ClusterStore(NpgsqlDataSource postgres)
{
    private const string Database = """
        select current_setting('server_version'), pg_database_size(datname), numbackends,
               current_setting('max_connections')::integer, xact_commit
        from pg_stat_database where datname = current_database()
        """;

    public async Task<DatabaseLine> Read(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Database));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt64(4));
    }
}
