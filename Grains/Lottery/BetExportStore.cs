using Granero.Support;
using Npgsql;

namespace Granero.Lottery;

/// <summary>Reads bets and winners page by page, in an order that the primary keys have.</summary>
internal sealed class BetExportStore(NpgsqlDataSource postgres)
{
    private const string Batches = """
        select agency, id, first_name, last_name, document, birthdate, number
        from bet_batches where draw = $1 and (agency, id) > ($2, $3) order by agency, id limit $4
        """;

    private const string Winners = """
        select agency, position, document
        from winners where draw = $1 and (agency, position) > ($2, $3) order by agency, position limit $4
        """;

    public async Task<StoredBatch[]> ReadBatches(int draw, BatchPlace after, int limit, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Batches, draw, after.Agency, after.Id, limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var batches = new List<StoredBatch>();
        while (await reader.ReadAsync(cancellationToken))
        {
            batches.Add(new(reader.GetInt32(0), new(
                reader.GetGuid(1), (string[])reader.GetValue(2), (string[])reader.GetValue(3), (string[])reader.GetValue(4),
                await reader.GetFieldValueAsync<DateOnly[]>(5, cancellationToken), (int[])reader.GetValue(6))));
        }

        return [.. batches];
    }

    public async Task<Winner[]> ReadWinners(int draw, int agency, int position, int limit, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Winners, draw, agency, position, limit));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var winners = new List<Winner>();
        while (await reader.ReadAsync(cancellationToken))
            winners.Add(new(reader.GetInt32(0), reader.GetInt32(1), reader.GetString(2)));
        return [.. winners];
    }
}
