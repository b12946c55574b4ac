using Granero.Support;

namespace Granero.Lottery;

/// <summary>The end of one gateway process.</summary>
[GrainType("bet-carrier-end")]
internal sealed class BetCarrierEndGrain([PersistentState("bet-carrier-end")] IPersistentState<BetCarrierEnd> state) : Grain, IBetCarrierEndGrain
{
    public Task Record(Guid[] missed, CancellationToken cancellationToken) => state.WriteOrKeep(new BetCarrierEnd(missed), cancellationToken);

    public Task<bool?> MayHaveMissed(Guid batch, CancellationToken cancellationToken) =>
        Task.FromResult<bool?>(state.RecordExists ? state.State.Missed.Contains(batch) : null);
}

/// <param name="Missed">The batches whose answers their clients may have missed.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.BetCarrierEnd")]
internal sealed record BetCarrierEnd([property: Id(0)] Guid[] Missed)
{
    public BetCarrierEnd() : this([]) { }
}
