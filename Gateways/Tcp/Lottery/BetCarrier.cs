using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>This process, as the cluster knows it.</summary>
/// <param name="batches">What its clients may have missed.</param>
/// <param name="register">Makes it known to the cluster, which holds it weakly, and returns its grain id; called once, when there is a cluster.</param>
internal sealed class BetCarrier(UnansweredBatches batches, Func<IBetCarrier, GrainId> register) : IBetCarrier
{
    private string? _origin;

    /// <summary>What is to be given to the grains.</summary>
    public string Origin => LazyInitializer.EnsureInitialized(ref _origin, () => register(this).ToString());

    public Task<bool> MayHaveMissed(int agency, Guid batch, Guid repetition) => batches.MayHaveMissedAsync(agency, batch, repetition);
}
