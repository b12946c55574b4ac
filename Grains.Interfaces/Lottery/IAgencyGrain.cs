namespace Granero.Lottery;

/// <summary>A betting agency; its key is the agency's number, from 1 on.</summary>
[Alias("granero.lottery.IAgencyGrain")]
public interface IAgencyGrain : IGrainWithIntegerKey
{
    /// <summary>Stores a batch whole, in the open draw. When this returns, the bets are durable.</summary>
    /// <param name="batch">The bets.</param>
    /// <param name="origin">
    /// The <see cref="IBetCarrier"/> through which the batch comes: its grain id, as text. A client that missed an answer sends its bets
    /// again, perhaps through another carrier, and the protocols give them no id: a batch with the same bets as one of the agency's last,
    /// from another origin and within minutes, is taken for that one unless its carrier says that the client has its answer.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting; the batch may be stored all the same.</param>
    /// <returns>The draw that the bets belong to. The same answer for the same batch id, however often it is sent.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.AgencyIsReady"/>: nothing was stored.</exception>
    [Alias("PlaceBets")]
    Task<int> PlaceBets(BetBatch batch, string origin, CancellationToken cancellationToken = default);

    /// <summary>The agency has sent all its bets for the open draw. Repeating it is harmless.</summary>
    /// <returns>The draw that the agency is now ready for.</returns>
    [Alias("DeclareReady")]
    Task<int> DeclareReady(CancellationToken cancellationToken = default);

    /// <summary>What there is to tell the agency about the last draw that it was ready for. Does not wait.</summary>
    [Alias("AskWinners")]
    Task<WinnersAnswer> AskWinners(CancellationToken cancellationToken = default);
}
