using Granero.Support;
using Npgsql;

namespace Granero.Lottery;

/// <summary>What the rows say of one agency.</summary>
internal sealed class AgencyStore(NpgsqlDataSource postgres)
{
    private const string Standing = """
        select d.draw,
               exists (select from bet_batches b where b.draw = d.draw and b.agency = $1),
               (select max(r.draw) from ready_agencies r where r.agency = $1)
        from draws d where d.held_at is null
        """;

    private const string Winners = "select document from winners where draw = $1 and agency = $2 order by position";

    private const string Tally = """
        select d.draw, count(b.agency), coalesce(sum(cardinality(b.number)), 0)
        from draws d left join bet_batches b on b.draw = d.draw and b.agency = $1
        where d.held_at is null group by d.draw
        """;

    /// <summary>What the agency has in the open draw.</summary>
    public async Task<AgencyTally> TallyOf(int agency, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Tally, agency));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt32(0), agency, reader.GetInt64(1), reader.GetInt64(2));
    }

    public async Task<AgencyStanding> StandingOf(int agency, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Standing, agency));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt32(0), reader.GetBoolean(1), reader.GetValue(2) as int?);
    }

    public async Task<string[]> WinnersOf(int draw, int agency, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Winners, draw, agency));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var documents = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            documents.Add(reader.GetString(0));
        return [.. documents];
    }
}

/// <param name="OpenDraw">The draw that is open.</param>
/// <param name="HasBets">Whether the agency has bets in the open draw.</param>
/// <param name="LastReady">The last draw that the agency was ready for; null if none. It is held unless it is the open one.</param>
internal sealed record AgencyStanding(int OpenDraw, bool HasBets, int? LastReady);
