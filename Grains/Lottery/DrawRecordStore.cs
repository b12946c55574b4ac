using Granero.Support;
using Npgsql;

namespace Granero.Lottery;

/// <summary>What the rows say of draws as a whole. Counting the bets of an open draw reads them; of a held one it is done once.</summary>
internal sealed class DrawRecordStore(NpgsqlDataSource postgres)
{
    private const string Columns = """
        select d.draw, d.opened_at, d.held_at, d.winning_number, d.deadline, coalesce(t.agencies, 0)::integer,
               (select count(*) from ready_agencies r where r.draw = d.draw)::integer, coalesce(t.bets, 0)::bigint,
               (select count(*) from winners w where w.draw = d.draw)::integer
        from draws d
        """;

    private const string List = $"""
        {Columns}
        left join lateral (select count(*) as agencies, sum(bets) as bets from draw_tallies t where t.draw = d.draw) t on true
        where d.draw < $1 order by d.draw desc limit $2
        """;

    private const string One = $"""
        {Columns}
        left join lateral (select count(*) as agencies, sum(bets) as bets from draw_tallies t where t.draw = d.draw) t on true
        where d.draw = $1
        """;

    private const string Uncounted = """
        select d.draw from draws d
        where d.draw = any ($1) and d.held_at is not null and not exists (select from draw_tallies t where t.draw = d.draw)
          and exists (select from bet_batches b where b.draw = d.draw)
        """;

    private const string Count = "select agency, count(*), sum(cardinality(number)) from bet_batches where draw = $1 group by agency";

    private const string CountSome = "select agency, count(*), sum(cardinality(number)) from bet_batches where draw = $1 and agency = any ($2) group by agency";

    private const string Keep = $"insert into draw_tallies (draw, agency, batches, bets) select $1, c.* from ({Count}) c on conflict do nothing";

    private const string Kept = "select agency, batches, bets from draw_tallies where draw = $1";

    private const string Ready = "select agency, ready_at from ready_agencies where draw = $1";

    private const string Winning = "select agency, count(*)::integer from winners where draw = $1 group by agency";

    private const string OpenDraw = "select draw from draws where held_at is null";

    public async Task<int> Open(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(OpenDraw));
        return (int)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Draws below a number, the latest first; of the open one the bets are not counted.</summary>
    public async Task<DrawSummary[]> ReadList(int before, int limit, CancellationToken cancellationToken)
    {
        var draws = await ReadDraws(Sql.Command(List, before, limit), cancellationToken);
        return await KeepTallies([.. draws.Select(draw => draw.Draw)], cancellationToken)
            ? await ReadDraws(Sql.Command(List, before, limit), cancellationToken)
            : draws;
    }

    /// <returns>The draw, held or open; of an open one the bets are not counted. Null if there is none of that number.</returns>
    public async Task<DrawSummary?> Find(int draw, CancellationToken cancellationToken)
    {
        await KeepTallies([draw], cancellationToken);
        return (await ReadDraws(Sql.Command(One, draw), cancellationToken)).SingleOrDefault();
    }

    /// <summary>What is kept of a draw that was held: its agencies' counts.</summary>
    public Task<AgencyTally[]> KeptTallies(int draw, CancellationToken cancellationToken) => ReadTallies(draw, Sql.Command(Kept, draw), cancellationToken);

    /// <summary>Counts the bets of all agencies.</summary>
    public Task<AgencyTally[]> CountTallies(int draw, CancellationToken cancellationToken) => ReadTallies(draw, Sql.Command(Count, draw), cancellationToken);

    /// <summary>Counts the bets of some agencies.</summary>
    public Task<AgencyTally[]> CountTallies(int draw, int[] agencies, CancellationToken cancellationToken) =>
        ReadTallies(draw, Sql.Command(CountSome, draw, agencies), cancellationToken);

    public async Task<Dictionary<int, DateTimeOffset>> ReadyAgencies(int draw, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Ready, draw));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var ready = new Dictionary<int, DateTimeOffset>();
        while (await reader.ReadAsync(cancellationToken))
            ready[reader.GetInt32(0)] = reader.GetDateTime(1);
        return ready;
    }

    public async Task<Dictionary<int, int>> WinnersByAgency(int draw, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Winning, draw));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var winners = new Dictionary<int, int>();
        while (await reader.ReadAsync(cancellationToken))
            winners[reader.GetInt32(0)] = reader.GetInt32(1);
        return winners;
    }

    /// <returns>Whether some of the draws had been held and not counted.</returns>
    private async Task<bool> KeepTallies(int[] draws, CancellationToken cancellationToken)
    {
        var uncounted = new List<int>();
        await using (var batch = postgres.Batch(Sql.Command(Uncounted, draws)))
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                uncounted.Add(reader.GetInt32(0));
        }

        foreach (var draw in uncounted)
        {
            await using var keeping = postgres.Batch(Sql.Command(Keep, draw));
            await keeping.ExecuteNonQueryAsync(cancellationToken);
        }

        return uncounted.Count > 0;
    }

    private async Task<DrawSummary[]> ReadDraws(NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var draws = new List<DrawSummary>();
        while (await reader.ReadAsync(cancellationToken))
        {
            draws.Add(new(
                reader.GetInt32(0), reader.GetDateTime(1), reader.GetValue(2) as DateTime?, reader.GetValue(3) as int?, reader.GetValue(4) as DateTime?,
                reader.GetInt32(5), reader.GetInt32(6), reader.GetInt64(7), reader.GetInt32(8)));
        }

        return [.. draws];
    }

    private async Task<AgencyTally[]> ReadTallies(int draw, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var tallies = new List<AgencyTally>();
        while (await reader.ReadAsync(cancellationToken))
            tallies.Add(new(draw, reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2)));
        return [.. tallies];
    }
}
