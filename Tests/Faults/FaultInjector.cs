using System.Diagnostics;
using Granero.Tests.EndToEnd;

namespace Granero.Tests.Faults;

/// <summary>What became of a planned fault.</summary>
/// <param name="Planned">As it was planned.</param>
/// <param name="Target">Whom it befell.</param>
/// <param name="Began">A timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="Over">From then on Granero has what it needs again.</param>
/// <param name="Skipped">Why it did not happen; empty when it did.</param>
internal sealed record InjectedFault(PlannedFault Planned, string Target, long Began, long Over, string Skipped = "");

/// <summary>Makes faults happen, and undoes them.</summary>
internal sealed class FaultInjector(GraneroProcesses granero, Supervisor supervisor, Surroundings surroundings)
{
    /// <summary>Returns when it is over; what died is being started again then.</summary>
    public async Task<InjectedFault> InjectAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        if (surroundings.WhyNot(fault.Kind) is { Length: > 0 } whyNot)
            return new(fault, "", began, began, whyNot);

        var (target, over) = await BreakAsync(fault, cancellationToken);
        return new(fault, target, began, over);
    }

    /// <returns>Whom it befell, and when it was over.</returns>
    private async Task<(string Target, long Over)> BreakAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        var silo = granero.Silos[fault.Target % granero.Silos.Count];
        ServerProcess[] gateways = [.. granero.Gateways];
        var gateway = gateways[fault.Target % gateways.Length];
        return fault.Kind switch
        {
            FaultKind.KillSilo => (silo.Name, await AtOnceAsync(() => supervisor.KillAsync(silo))),
            FaultKind.KillGateway => (gateway.Name, await AtOnceAsync(() => supervisor.KillAsync(gateway))),
            FaultKind.KillAllSilos => ("all silos", await AtOnceAsync(() => supervisor.KillAsync([.. granero.Silos]))),
            FaultKind.ReplaceSilo => (silo.Name, await AtOnceAsync(() => supervisor.ReplaceAsync(silo, cancellationToken))),
            FaultKind.ReplaceGateway => (gateway.Name, await AtOnceAsync(() => supervisor.ReplaceAsync(gateway, cancellationToken))),
            FaultKind.FreezeSilo => (silo.Name, await ForAWhileAsync(silo.FreezeAsync, silo.GoOnAsync)),
            FaultKind.StopPostgres => ("postgres", await ForAWhileAsync(() => granero.Postgres.StopAsync(cancellationToken), () => granero.StartPostgresAsync(cancellationToken))),
            FaultKind.FreezePostgres => ("postgres", await ForAWhileAsync(granero.Postgres.FreezeAsync, granero.Postgres.GoOnAsync)),
            FaultKind.FullDisk => ("the disk of files and videos", await ForAWhileAsync(() => surroundings.Disk!.FillAsync(), () => surroundings.Disk!.FreeAsync())),
            FaultKind.CutSilos => await CutAsync(fault.Target, granero.SiloPlaces[(fault.Target + 1) % granero.Silos.Count]!, $"silo-{((fault.Target + 1) % granero.Silos.Count) + 1}"),
            _ => await CutAsync(fault.Target, granero.PostgresPlace!, "postgres"),
        };

        async Task<(string, long)> CutAsync(int number, NetworkPlace other, string name)
        {
            var place = granero.SiloPlaces[number % granero.Silos.Count]!;
            return ($"{silo.Name} from {name}", await ForAWhileAsync(() => ServerNetwork.CutAsync(place, other), () => ServerNetwork.JoinAsync(place, other)));
        }

        async Task<long> ForAWhileAsync(Func<Task> begin, Func<Task> end)
        {
            await begin();
            await Task.Delay(fault.Lasts, cancellationToken); // the fault's own duration
            await end();
            return Stopwatch.GetTimestamp();
        }
    }

    private static async Task<long> AtOnceAsync(Func<Task> act)
    {
        var began = Stopwatch.GetTimestamp();
        await act();
        return began;
    }
}
