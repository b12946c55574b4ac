using Granero.Support;

namespace Granero.Peers;

/// <summary>Sees to it that the reminder which sweeps leases exists, from the first silo's first start on.</summary>
internal sealed class LeaseSweep(IGrainFactory grains) : IStartupWork
{
    public Task DoAsync(CancellationToken cancellationToken) => grains.GetGrain<IPeerLeasesGrain>(0).Sweep(cancellationToken);
}
