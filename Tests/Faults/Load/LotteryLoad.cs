using System.Globalization;
using Granero.Tests.Support;
using Npgsql;

namespace Granero.Tests.Faults.Load;

/// <summary>Agencies of both protocols, which play round after round: a round is a draw.</summary>
internal sealed class LotteryLoad : IDomainLoad
{
    /// <summary>What the silos have to be told as <c>Lottery:Agencies</c>.</summary>
    public const int Agencies = 6;

    private readonly LoadSetting _setting;
    private readonly Journal _journal;
    private readonly AgencyPlayer[] _players;
    private readonly Lock _gate = new();
    private int _rounds;

    public LotteryLoad(LoadSetting setting)
    {
        (_setting, _journal) = (setting, new Journal(setting.Folder, "lottery"));
        _players = [.. Enumerable.Range(1, Agencies).Select(AgencyPlayer (agency) => agency % 2 == 0
            ? new DelimitedPlayer(setting, _journal, agency)
            : new TlvPlayer(setting, _journal, agency))];
    }

    public string Name => "lottery";

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_players.Select(player => PlayAsync(player, stop)));

    public async Task<IReadOnlyList<BookLine>> CheckBooksAsync()
    {
        var books = new LotteryBooks(_setting.Seed, _players.Select(player => player.BetsInRound).ToArray(), _journal);
        await using var connection = new NpgsqlConnection(_setting.Granero.OutsideConnectionString);
        await connection.OpenAsync();
        return [await books.CheckBetsAsync(connection), await LotteryBooks.CheckDrawsAsync(connection, _rounds), await books.CheckWinnersAsync(connection), books.CheckTold()];
    }

    public void Dispose() => _journal.Dispose();

    private async Task PlayAsync(AgencyPlayer player, CancellationToken stop)
    {
        await using (player)
        {
            for (var round = 1; IsPlayed(round, stop); round++)
                await player.PlayAsync(round);
        }
    }

    /// <summary>A round that one agency has begun, all play: the draw waits for all of them. The first is played in any case.</summary>
    private bool IsPlayed(int round, CancellationToken stop)
    {
        lock (_gate)
        {
            if (round > _rounds && (round == 1 || !stop.IsCancellationRequested))
                _rounds = round;
            return round <= _rounds;
        }
    }
}

/// <summary>The lottery's books: made from the journal and the seed, compared with the rows.</summary>
internal sealed class LotteryBooks
{
    private readonly Dictionary<string, (int Draw, int Number)> _acknowledged = [];
    private readonly SortedDictionary<(int Draw, int Agency), List<string>> _winners = [];
    private readonly Dictionary<(int Draw, int Agency), string[]> _told = [];

    public LotteryBooks(int seed, int[] betsInRound, Journal journal)
    {
        foreach (var entry in journal.Read())
        {
            var (agency, round) = (Number(entry[1]), Number(entry[2]));
            if (entry[0] == "winners")
                _told.Add((round, agency), entry[3..]);
            else
                Add(agency, round, RoundBets.Make(seed, agency, round, betsInRound[agency - 1]).AsSpan(Number(entry[3]), Number(entry[4])));
        }
    }

    /// <summary>Acknowledged = stored, each once, in the draw of its round.</summary>
    public async Task<BookLine> CheckBetsAsync(NpgsqlConnection connection)
    {
        var missing = new Dictionary<string, (int, int)>(_acknowledged);
        var wrong = 0;
        await using var command = new NpgsqlCommand("select document, draw, number from bets", connection) { CommandTimeout = 300 };
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            if (!missing.Remove(rows.GetString(0), out var bet) || bet != (rows.GetInt32(1), rows.GetInt32(2)))
                wrong++;
        }

        return new("bets, stored once, in their draw", _acknowledged.Count, _acknowledged.Count - missing.Count, missing.Count, wrong);
    }

    /// <summary>Every round was drawn, once, and one draw is open.</summary>
    public static async Task<BookLine> CheckDrawsAsync(NpgsqlConnection connection, int rounds)
    {
        await using var command = new NpgsqlCommand(
            $"select count(*) filter (where held_at is not null and draw <= {rounds}), count(*) from draws", connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        var (held, all) = (row.GetInt64(0), row.GetInt64(1));
        return new("draws, held once", rounds, held, Lost: rounds - held, Wrong: all - rounds - 1);
    }

    /// <summary>The winners that are stored are those that the journal's bets make.</summary>
    public async Task<BookLine> CheckWinnersAsync(NpgsqlConnection connection)
    {
        var missing = _winners.SelectMany(draw => draw.Value.Select(document => (draw.Key.Draw, draw.Key.Agency, document))).ToHashSet();
        var (expected, wrong) = (missing.Count, 0);
        await using var command = new NpgsqlCommand("select draw, agency, document from winners", connection);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            if (!missing.Remove((rows.GetInt32(0), rows.GetInt32(1), rows.GetString(2))))
                wrong++;
        }

        return new("winners, by an independent recount", expected, expected - missing.Count, missing.Count, wrong);
    }

    /// <summary>Each agency was told its own winners, in the order of its bets.</summary>
    public BookLine CheckTold()
    {
        var right = _winners.Count(draw => _told.TryGetValue(draw.Key, out var told) && told.SequenceEqual(draw.Value));
        return new("agencies told their winners", _winners.Count, right, _winners.Count - right, _told.Count - _winners.Count);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private void Add(int agency, int round, ReadOnlySpan<LotteryBet> bets)
    {
        if (!_winners.TryGetValue((round, agency), out var winners))
            _winners[(round, agency)] = winners = [];
        foreach (var bet in bets)
        {
            _acknowledged.Add(bet.Document, (round, bet.Number));
            if (bet.Number == LotteryDataSet.WinningNumber)
                winners.Add(bet.Document);
        }
    }
}
