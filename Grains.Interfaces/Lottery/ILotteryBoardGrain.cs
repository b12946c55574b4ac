namespace Granero.Lottery;

/// <summary>
/// How the open draw is doing, for those who watch; its key is 0. What silos report and what the rows say is merged by taking the greater
/// count, since the bets of a draw only become more: reports may be late, doubled or lost.
/// </summary>
[Alias("granero.lottery.ILotteryBoardGrain")]
public interface ILotteryBoardGrain : IGrainWithIntegerKey
{
    /// <summary>What a silo has stored. Harmless to repeat.</summary>
    [Alias("Report")]
    Task Report(AgencyTally[] tallies);

    /// <summary>The open draw, and the last one that was held. Cheap: a few rows for each agency, never the bets.</summary>
    [Alias("Look"), ResponseTimeout("00:01:00")]
    Task<LotteryBoard> Look(CancellationToken cancellationToken = default);
}
