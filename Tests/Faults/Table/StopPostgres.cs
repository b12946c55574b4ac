using System.Net;
using Granero.Tests.EndToEnd;

namespace Granero.Tests.Faults.Table;

/// <summary>Postgres stops as by a power cut and comes back; meanwhile all processes are asked how they are.</summary>
internal sealed class StopPostgres(FaultOptions options) : LoadedMeasurement("Postgres stops at once", options)
{
    private const int Times = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(5);

    private int _dead;
    private int _notLive;
    private int _stillReady;

    protected override async Task<IReadOnlyList<Figure>> MeasureAsync(FaultRig rig, TextWriter progress, CancellationToken cancellationToken)
    {
        var times = Options.Rounds ?? Times;
        var asking = Task.CompletedTask;
        var aftermaths = await RepeatAsync(rig, progress, times, i =>
        {
            asking = AskAsync(rig, asking, cancellationToken);
            return new(TimeSpan.Zero, FaultKind.StopPostgres, i, Away);
        }, cancellationToken);
        await asking;
        return
        [
            Figure.AtMost(Name, $"serving everybody after its return, worst of {times}", Limit, aftermaths[^1]),
            Figure.Zero(Name, "processes that ended", rig.Supervisor.EndedByThemselves.Count + _dead),
            Figure.Zero(Name, "times that a process was not live meanwhile", _notLive),
            Figure.Zero(Name, "times that a process was ready meanwhile", _stillReady),
        ];
    }

    private async Task AskAsync(FaultRig rig, Task before, CancellationToken cancellationToken)
    {
        await before;
        await Task.Delay(AskAfter, cancellationToken); // in the middle of the fault
        foreach (var process in (IEnumerable<ServerProcess>)[.. rig.Granero.Silos, .. rig.Granero.Gateways])
        {
            _dead += process.IsAlive ? 0 : 1;
            _notLive += await process.StatusOfAsync("live", cancellationToken) == HttpStatusCode.OK ? 0 : 1;
            _stillReady += await process.StatusOfAsync("ready", cancellationToken) == HttpStatusCode.OK ? 1 : 0;
        }
    }
}
