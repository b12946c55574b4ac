using Granero.Tests.EndToEnd;
using Granero.Tests.Faults.Load;

namespace Granero.Tests.Faults.Table;

/// <summary>Silos and gateways are replaced one by one, as by docker/roll: SIGTERM, the end, another one, and on when that is ready.</summary>
internal sealed class Roll(FaultOptions options) : LoadedMeasurement("rolling restart", options)
{
    private int _cutConnections;

    protected override async Task<IReadOnlyList<Figure>> MeasureAsync(FaultRig rig, TextWriter progress, CancellationToken cancellationToken)
    {
        var unclean = 0;
        foreach (var process in (IEnumerable<ServerProcess>)[.. rig.Granero.Silos, .. rig.Granero.Gateways])
        {
            var exitCode = await rig.Supervisor.ReplaceAsync(process, cancellationToken);
            await progress.WriteLineAsync($"  {process.Name} ended with {exitCode}, and another one is ready");
            unclean += exitCode == 0 ? 0 : 1;
            await CalmDownAsync(rig, cancellationToken);
        }

        _cutConnections = rig.Calls.Calls.Count(call => call is { Outcome: Outcome.Cut, Domain: not TlvPlayer.Name });
        return [Figure.Zero(Name, "processes that did not end in order", unclean)];
    }

    protected override Task<IReadOnlyList<Figure>> AfterAsync(FaultRig rig, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Figure>>(
    [
        Figure.Zero(Name, "failed client operations", rig.Calls.Calls.Count(call => call.Outcome == Outcome.Refused || call is { Outcome: Outcome.Cut, Domain: TlvPlayer.Name })),
        new(Name, "kept connections that ended with their gateway", "", $"{_cutConnections}", Holds: true),
    ]);
}
