using System.Globalization;

namespace Granero.Tests.Support;

/// <summary>What a set of agencies brings to a draw: made up, or read from a folder of <c>agency-N.csv</c> files.</summary>
public sealed class LotteryDataSet(IReadOnlyList<AgencyBets> agencies)
{
    /// <summary>The number that wins unless a server is told otherwise.</summary>
    public const int WinningNumber = 7574;

    private const int Documents = 20_000_000;

    private static readonly int[] WinnersByAgency = [2, 3, 3, 2, 0];

    public IReadOnlyList<AgencyBets> Agencies { get; } = agencies;

    public int Count => Agencies.Sum(agency => agency.Bets.Count);

    /// <summary>
    /// Makes <paramref name="bets"/> bets, spread evenly over agencies 1 to <paramref name="agencies"/>; the same arguments make the same bets.
    /// </summary>
    /// <remarks>
    /// No document comes twice (in up to 20,000,000 bets). The winning number is bet on exactly 2, 3, 3, 2 and 0 times by agencies
    /// 1 to 5, and so on round; less often by an agency with fewer bets than that.
    /// </remarks>
    public static LotteryDataSet Make(int agencies, int bets, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(agencies, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bets, Documents);
        var random = new Random(seed);
        var document = random.Next(Documents);
        var made = new AgencyBets[agencies];
        for (var i = 0; i < agencies; i++)
        {
            var own = new LotteryBet[(bets / agencies) + (i < bets % agencies ? 1 : 0)];
            for (var j = 0; j < own.Length; j++) own[j] = MakeBet(random, ref document);
            MakeWinners(own, WinnersByAgency[i % WinnersByAgency.Length]);
            made[i] = new AgencyBets(i + 1, own);
        }
        return new LotteryDataSet(made);
    }

    /// <summary>Reads every <c>agency-N.csv</c> of a folder: UTF-8, a bet a line, lines ending in CRLF or LF.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no such file.</exception>
    public static LotteryDataSet Read(string folder)
    {
        var agencies = Directory.EnumerateFiles(folder, "agency-*.csv")
            .Select(file => new AgencyBets(AgencyOf(file), [.. File.ReadLines(file).Where(line => line.Length > 0).Select(LotteryBet.Parse)]))
            .OrderBy(agency => agency.Agency)
            .ToArray();
        return agencies.Length > 0 ? new(agencies) : throw new FileNotFoundException($"There is no agency-N.csv in '{folder}'.");
    }

    private static int AgencyOf(string file) =>
        int.Parse(Path.GetFileNameWithoutExtension(file)["agency-".Length..], CultureInfo.InvariantCulture);

    private static LotteryBet MakeBet(Random random, ref int document)
    {
        // A step without a divisor in common with the number of documents visits each of them once.
        document = (document + 7_654_321) % Documents;
        var number = random.Next(9_999);
        return new LotteryBet(
            LotteryNames.First(random),
            LotteryNames.Last(random),
            (Documents + document).ToString(CultureInfo.InvariantCulture),
            new DateOnly(1980, 1, 1).AddDays(random.Next(9_000)),
            number < WinningNumber ? number : number + 1);
    }

    private static void MakeWinners(LotteryBet[] bets, int winners)
    {
        winners = Math.Min(winners, bets.Length);
        for (var i = 0; i < winners; i++)
        {
            // From the first bet to the last, so that a server that loses either end of an agency's bets is found out.
            var at = winners == 1 ? 0 : (int)((long)i * (bets.Length - 1) / (winners - 1));
            bets[at] = bets[at] with { Number = WinningNumber };
        }
    }
}
