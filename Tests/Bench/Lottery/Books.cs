using Npgsql;

namespace Granero.Bench.Lottery;

/// <summary>Compares what was sent with what Postgres has. A bench that measures wrong results is worthless.</summary>
internal sealed class Books(NpgsqlDataSource postgres)
{
    private const string LastDrawSql = "select coalesce(max(draw), 0) from bets";

    // Sums rather than the rows themselves: enough to tell a lost, doubled, misplaced or mixed-up bet, and quick.
    private const string TotalsSql =
        """
        select draw, agency, count(*), sum(number)::bigint, sum(document::bigint)::bigint, sum(birthdate - date '2000-01-01')::bigint,
               sum(length(first_name))::bigint, sum(length(last_name))::bigint
        from bets where draw > $1 group by draw, agency order by agency
        """;

    private int lastDraw;

    /// <summary>Takes what is stored so far for settled.</summary>
    public async Task OpenAsync()
    {
        await using var command = postgres.CreateCommand(LastDrawSql);
        lastDraw = Convert.ToInt32(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Checks that what was stored since the last time is one draw, and these bets, neither more nor less.</summary>
    /// <exception cref="BenchException">It is not.</exception>
    public async Task CheckBetsAsync(IReadOnlyList<BetSequence> sent)
    {
        var (draws, stored) = await ReadAsync();
        var expected = sent.Where(bets => bets.Count > 0).OrderBy(bets => bets.Agency).Select(Totals.Of).ToArray();
        if (draws.Count > 1) throw new BenchException($"The bets of one draw were stored in draws {string.Join(", ", draws.Order())}.");
        if (!stored.SequenceEqual(expected))
            throw new BenchException($"Postgres does not have the bets that were acknowledged.\nSent:   {string.Join("\n        ", expected)}\nStored: {string.Join("\n        ", stored)}");
        lastDraw = draws.SingleOrDefault(lastDraw);
    }

    /// <summary>Checks each agency's winners against a recount of what it sent.</summary>
    /// <exception cref="BenchException">They differ.</exception>
    public static void CheckWinners(IReadOnlyList<BetSequence> sent, IReadOnlyList<string[]> winners, int winningNumber)
    {
        foreach (var (bets, answer) in sent.Zip(winners))
        {
            string[] expected = [.. bets.All().Where(bet => bet.Number == winningNumber).Select(bet => bet.Document).Order(StringComparer.Ordinal)];
            if (!answer.Order(StringComparer.Ordinal).SequenceEqual(expected))
                throw new BenchException($"Agency {bets.Agency} has winners {string.Join(", ", expected)} and was told {string.Join(", ", answer)}.");
        }
    }

    private async Task<(HashSet<int> Draws, List<Totals> Stored)> ReadAsync()
    {
        await using var command = postgres.CreateCommand(TotalsSql);
        command.CommandTimeout = 600;
        command.Parameters.Add(new() { Value = lastDraw });
        await using var reader = await command.ExecuteReaderAsync();
        var (draws, stored) = (new HashSet<int>(), new List<Totals>());
        while (await reader.ReadAsync())
        {
            draws.Add(reader.GetInt32(0));
            stored.Add(new(reader.GetInt32(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)));
        }
        return (draws, stored);
    }

    private sealed record Totals(int Agency, long Bets, long Numbers, long Documents, long Birthdates, long FirstNames, long LastNames)
    {
        private static readonly int Epoch = new DateOnly(2000, 1, 1).DayNumber;

        public static Totals Of(BetSequence bets) => bets.All().Aggregate(
            new Totals(bets.Agency, 0, 0, 0, 0, 0, 0),
            (sum, bet) => new(
                sum.Agency,
                sum.Bets + 1,
                sum.Numbers + bet.Number,
                sum.Documents + long.Parse(bet.Document, System.Globalization.CultureInfo.InvariantCulture),
                sum.Birthdates + bet.Birthdate.DayNumber - Epoch,
                sum.FirstNames + bet.FirstName.Length,
                sum.LastNames + bet.LastName.Length));
    }
}
