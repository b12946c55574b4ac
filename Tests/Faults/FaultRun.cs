using System.Diagnostics;
using Granero.Tests.Faults.Load;

namespace Granero.Tests.Faults;

/// <summary>A run of seeded faults under load, and the books after it.</summary>
internal sealed class FaultRun(FaultOptions options, TextWriter output)
{
    /// <returns>Whether the books balance, and nothing ended that should not have.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var plan = FaultPlan.Make(options.Seed, options.Duration, options.Kinds);
        await output.WriteLineAsync($"seed {options.Seed}, {plan.Count} faults in {options.Duration.TotalMinutes:0.##} minutes, {options.Silos} silos");
        if (options.OnlyPlan)
        {
            FaultReport.Write(plan, output);
            return true;
        }

        await using var rig = await FaultRig.StartAsync(options.Silos, options.Seed, options.Kinds.Contains(FaultKind.FullDisk), cancellationToken);
        foreach (var missing in rig.Missing)
            await output.WriteLineAsync(missing);
        try
        {
            var faults = await InjectAllAsync(rig, plan, cancellationToken);
            return await ReportAsync(rig, faults, [.. await rig.CloseBooksAsync(cancellationToken), ("disk", rig.CheckRefusals(faults))]);
        }
        catch (Exception)
        {
            await output.WriteLineAsync($"logs and journals: {await rig.KeepEvidenceAsync()}");
            throw;
        }
    }

    private async Task<List<InjectedFault>> InjectAllAsync(FaultRig rig, IReadOnlyList<PlannedFault> plan, CancellationToken cancellationToken)
    {
        var faults = new List<InjectedFault>();
        var began = Stopwatch.GetTimestamp();
        foreach (var fault in plan)
        {
            await UntilAsync(began, fault.At, rig, cancellationToken);
            var injected = await rig.Injector.InjectAsync(fault, cancellationToken);
            await output.WriteLineAsync(FaultReport.Line(injected, began));
            faults.Add(injected);
        }

        await UntilAsync(began, options.Duration, rig, cancellationToken);
        return faults;
    }

    private static async Task UntilAsync(long began, TimeSpan at, FaultRig rig, CancellationToken cancellationToken)
    {
        var wait = at - Stopwatch.GetElapsedTime(began);
        if (wait > TimeSpan.Zero)
            await Task.WhenAny(Task.Delay(wait, cancellationToken), rig.Load);
        if (rig.Load.IsCompleted)
            await rig.Load; // a client gave up, and says why
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<bool> ReportAsync(FaultRig rig, List<InjectedFault> faults, IReadOnlyList<(string Domain, BookLine Line)> books)
    {
        FaultReport.Write(faults, rig.Calls, output);
        FaultReport.Write(rig.Calls, output);
        FaultReport.Write(rig.Supervisor.Standstills, output);
        FaultReport.Write(books, output);
        var unexpected = rig.Supervisor.EndedByThemselves.Where(name => !name.StartsWith("silo-", StringComparison.Ordinal)).ToArray();
        await output.WriteLineAsync($"ended by themselves, started again: {(rig.Supervisor.EndedByThemselves.Count == 0 ? "none" : string.Join(", ", rig.Supervisor.EndedByThemselves))}");
        var balances = books.All(entry => entry.Line.Balances) && unexpected.Length == 0;
        await output.WriteLineAsync(balances
            ? $"seed {options.Seed}: the books balance"
            : $"seed {options.Seed}: THE BOOKS DO NOT BALANCE; logs and journals: {await rig.KeepEvidenceAsync()}");
        if (balances)
            rig.ForgetEvidence();
        return balances;
    }
}
