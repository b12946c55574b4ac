using System.Globalization;
using Granero.Tests.Support;

namespace Granero.Tests.Faults.Load;

/// <summary>The bets that an agency brings to a round: the same for the same numbers, and no document in two places.</summary>
internal static class RoundBets
{
    private const int WinnerEvery = 400;

    public static LotteryBet[] Make(int seed, int agency, int round, int count)
    {
        var random = new Random(HashOf(seed, agency, round));
        var bets = new LotteryBet[count];
        for (var i = 0; i < count; i++)
        {
            bets[i] = new(
                LotteryNames.First(random),
                LotteryNames.Last(random),
                string.Create(CultureInfo.InvariantCulture, $"{agency:D2}{round:D5}{i:D5}"),
                new DateOnly(1980, 1, 1).AddDays(random.Next(9_000)),
                random.Next(WinnerEvery) == 0 ? LotteryDataSet.WinningNumber : random.Next(LotteryDataSet.WinningNumber));
        }

        return bets;
    }

    // Not HashCode, whose seed is another in each process.
    private static int HashOf(int seed, int agency, int round) => unchecked((((seed * 31) + agency) * 1_000_003) + round);
}
