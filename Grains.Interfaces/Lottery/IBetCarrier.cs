namespace Granero.Lottery;

/// <summary>
/// A process that carries agencies' bets to the cluster, as the cluster sees it: whoever finds a batch that came through it knows
/// whom to ask whether its client got the answer. It lives as long as the process.
/// </summary>
[Alias("granero.lottery.IBetCarrier")]
public interface IBetCarrier : IGrainObserver
{
    /// <summary>
    /// Whether the client that sent a batch may have missed its answer, so that the same bets on another connection are the same batch,
    /// sent again. If so, the batch is handed over: to others than <paramref name="repetition"/> the answer is no from then on.
    /// </summary>
    /// <param name="agency">The agency whose bets they are.</param>
    /// <param name="batch">The id of a batch that is stored and came through this process.</param>
    /// <param name="repetition">The id of the batch with the same bets that came through another process.</param>
    /// <returns>False when the client has its answer, or is still there to get it: then the other one is a batch of its own.</returns>
    [Alias("MayHaveMissed"), ResponseTimeout("00:00:03")]
    Task<bool> MayHaveMissed(int agency, Guid batch, Guid repetition);
}
