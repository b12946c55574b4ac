using Granero.Bench.Lottery;
using Npgsql;
using NpgsqlTypes;

namespace Granero.Bench.Load;

/// <summary>The baseline: the same bets straight into a plain table by binary COPY, a commit for each batch, no server in between.</summary>
internal sealed class CopyLoad(NpgsqlConnection connection, BetSequence bets) : ILoad
{
    private const string Table = "bench.bets";
    private const string Columns = "draw integer, agency integer, first_name text, last_name text, document text, birthdate date, number integer";

    public int Requests => bets.Batches;

    /// <summary>Makes the table anew: the seven columns, no index, nothing else.</summary>
    public static async Task CreateTableAsync(NpgsqlDataSource postgres)
    {
        await DropTableAsync(postgres);
        await ExecuteAsync(postgres, $"create schema bench; create table {Table} ({Columns})");
    }

    /// <exception cref="BenchException">The table does not hold what was copied.</exception>
    public static async Task CheckTableAsync(NpgsqlDataSource postgres, long bets)
    {
        await using var command = postgres.CreateCommand($"select count(*) from {Table}");
        var stored = (long)(await command.ExecuteScalarAsync())!;
        if (stored != bets) throw new BenchException($"COPY stored {stored:N0} rows of {bets:N0}.");
    }

    public static Task DropTableAsync(NpgsqlDataSource postgres) => ExecuteAsync(postgres, "drop schema if exists bench cascade");

    public int ItemsIn(int request) => bets.BatchLength(request);

    public void Send(int request)
    {
        using var import = connection.BeginBinaryImport($"copy {Table} from stdin (format binary)");
        var first = request * bets.Batch;
        for (var i = 0; i < ItemsIn(request); i++)
        {
            var bet = bets[first + i];
            import.StartRow();
            import.Write(1, NpgsqlDbType.Integer);
            import.Write(bets.Agency, NpgsqlDbType.Integer);
            import.Write(bet.FirstName, NpgsqlDbType.Text);
            import.Write(bet.LastName, NpgsqlDbType.Text);
            import.Write(bet.Document, NpgsqlDbType.Text);
            import.Write(bet.Birthdate, NpgsqlDbType.Date);
            import.Write(bet.Number, NpgsqlDbType.Integer);
        }
        import.Complete();
    }

    public void Dispose() => connection.Dispose();

    private static async Task ExecuteAsync(NpgsqlDataSource postgres, string sql)
    {
        await using var command = postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
