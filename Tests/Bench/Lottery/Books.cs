using System.Globalization;
using Npgsql;

namespace Granero.Bench.Lottery;

/// <summary>Compares what was sent with what Postgres has. A bench that measures wrong results is worthless.</summary>
internal sealed class Books(NpgsqlDataSource postgres)
{
    private const string OpenDrawSql = "select draw from draws where held_at is null";
    private const string WinningNumberSql = "select winning_number from draws where draw = $1";

    // Sums rather than the rows themselves: enough to tell a lost, doubled, misplaced or mixed-up bet, and quick.
    private const string TotalsSql =
        """
        select draw, agency, count(*), sum(number)::bigint, sum(document::bigint)::bigint, sum(birthdate - date '2000-01-01')::bigint,
               sum(length(first_name))::bigint, sum(length(last_name))::bigint
        from bets where draw >= $1 group by draw, agency order by agency
        """;

    private int draw;

    /// <summary>Takes what is stored so far for settled: what comes now belongs to the draw that is open.</summary>
    public async Task OpenAsync()
    {
        await using var command = postgres.CreateCommand(OpenDrawSql);
        draw = (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Checks that the draw that was open is held, and that it has these bets and winners, neither more nor less.</summary>
    /// <param name="sent">What each agency sent; no bets in any later draw either.</param>
    /// <param name="winners">What the agencies were told, in the same order; empty if they did not ask.</param>
    /// <exception cref="BenchException">It is not so.</exception>
    public async Task CloseAsync(IReadOnlyList<BetSequence> sent, IReadOnlyList<string[]> winners)
    {
        var stored = await ReadTotalsAsync();
        var expected = sent.Where(bets => bets.Count > 0).OrderBy(bets => bets.Agency).Select(bets => Totals.Of(draw, bets)).ToArray();
        if (!stored.SequenceEqual(expected)) throw new BenchException($"Postgres does not have the bets that were acknowledged.\nSent:\n{Lines(expected)}\nStored:\n{Lines(stored)}");

        await using var command = postgres.CreateCommand(WinningNumberSql);
        command.Parameters.Add(new() { Value = draw });
        var number = await command.ExecuteScalarAsync() as int? ?? throw new BenchException($"The agencies were told winners, and Postgres says that draw {draw} is not held.");
        foreach (var (bets, told) in sent.Zip(winners)) CheckWinners(bets, told, number);
        draw++;
    }

    private static void CheckWinners(BetSequence bets, string[] told, int number)
    {
        string[] expected = [.. bets.All().Where(bet => bet.Number == number).Select(bet => bet.Document).Order(StringComparer.Ordinal)];
        if (!told.Order(StringComparer.Ordinal).SequenceEqual(expected))
            throw new BenchException($"Agency {bets.Agency} has the winners {string.Join(", ", expected)} and was told {string.Join(", ", told)}.");
    }

    private static string Lines(IEnumerable<Totals> totals) => string.Join('\n', totals);

    private async Task<List<Totals>> ReadTotalsAsync()
    {
        await using var command = postgres.CreateCommand(TotalsSql);
        command.CommandTimeout = 600;
        command.Parameters.Add(new() { Value = draw });
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new List<Totals>();
        while (await reader.ReadAsync())
            stored.Add(new(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)));
        return stored;
    }

    private sealed record Totals(int Draw, int Agency, long Bets, long Numbers, long Documents, long Birthdates, long FirstNames, long LastNames)
    {
        private static readonly int Epoch = new DateOnly(2000, 1, 1).DayNumber;

        public static Totals Of(int draw, BetSequence bets)
        {
            var (numbers, documents, birthdates, firstNames, lastNames) = (0L, 0L, 0L, 0L, 0L);
            foreach (var bet in bets.All())
            {
                numbers += bet.Number;
                documents += long.Parse(bet.Document, CultureInfo.InvariantCulture);
                birthdates += bet.Birthdate.DayNumber - Epoch;
                firstNames += bet.FirstName.Length;
                lastNames += bet.LastName.Length;
            }
            return new(draw, bets.Agency, bets.Count, numbers, documents, birthdates, firstNames, lastNames);
        }
    }
}
