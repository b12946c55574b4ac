namespace Granero.Lottery;

/// <summary>
/// What a carrier of bets has left behind that stopped in order and so cannot be asked any more; its key is the carrier's origin, as the
/// batches have it.
/// </summary>
[Alias("granero.lottery.IBetCarrierEndGrain")]
public interface IBetCarrierEndGrain : IGrainWithStringKey
{
    /// <summary>The carrier's last word. Repeating it is harmless.</summary>
    /// <param name="missed">The ids of the batches whose answers their clients may have missed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Record")]
    Task Record(Guid[] missed, CancellationToken cancellationToken = default);

    /// <returns>What <see cref="IBetCarrier.MayHaveMissed"/> would say; null when the carrier did not stop in order.</returns>
    [Alias("MayHaveMissed")]
    Task<bool?> MayHaveMissed(Guid batch, CancellationToken cancellationToken = default);
}
