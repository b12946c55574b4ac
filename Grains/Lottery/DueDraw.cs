using Granero.Support;

namespace Granero.Lottery;

/// <summary>
/// Has a draw that fell due while every silo was away held as soon as one is back, ahead of its reminder's next tick.
/// </summary>
internal sealed class DueDraw(DrawStore store, IGrainFactory grains) : IStartupWork
{
    public async Task DoAsync(CancellationToken cancellationToken)
    {
        var draw = await store.OpenDraw(cancellationToken);
        await grains.GetGrain<IDrawGrain>(draw).HoldIfDue(cancellationToken);
    }
}
