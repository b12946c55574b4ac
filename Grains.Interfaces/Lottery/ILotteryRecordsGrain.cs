namespace Granero.Lottery;

/// <summary>The draws and what is in them; its key is 0. It only reads rows, so each silo answers for itself.</summary>
[Alias("granero.lottery.ILotteryRecordsGrain")]
public interface ILotteryRecordsGrain : IGrainWithIntegerKey
{
    /// <summary>Draws, the latest first.</summary>
    /// <param name="before">Only those below this number; null from the open one on.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Draws"), ResponseTimeout("00:02:00")]
    Task<DrawSummary[]> Draws(int? before, int limit, CancellationToken cancellationToken = default);

    /// <returns>The draw with its agencies, in the order of their numbers.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.DrawNotFound"/>.</exception>
    [Alias("Find"), ResponseTimeout("00:02:00")]
    Task<DrawRecord> Find(int draw, CancellationToken cancellationToken = default);

    /// <summary>Some batches of a draw's bets, by agency, then in the order in which they were made.</summary>
    /// <param name="draw">The draw.</param>
    /// <param name="after">The last batch of the page before; null for the first page.</param>
    /// <param name="batches">How many, 1 to 1000. A batch can have megabytes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The batches; empty when there are no more.</returns>
    [Alias("ReadBets"), ResponseTimeout("00:02:00")]
    Task<StoredBatch[]> ReadBets(int draw, BatchPlace? after, int batches, CancellationToken cancellationToken = default);

    /// <summary>Some of a draw's winners, by agency and place.</summary>
    /// <param name="draw">The draw.</param>
    /// <param name="after">The last winner of the page before; null for the first page.</param>
    /// <param name="limit">1 to 10,000.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("ReadWinners")]
    Task<Winner[]> ReadWinners(int draw, Winner? after, int limit, CancellationToken cancellationToken = default);
}
