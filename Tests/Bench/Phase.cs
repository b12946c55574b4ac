using Granero.Bench.Load;
using Granero.Bench.Lottery;

namespace Granero.Bench;

/// <summary>One measurement: a load, and what the processes used for it.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Load">The bets, or questions, and how long they took.</param>
/// <param name="CpuSeconds">Used from the first request to the last reply, by process.</param>
/// <param name="Draw">The draw at the end of it; null for a baseline.</param>
internal sealed record Phase(string Name, LoadResult Load, IReadOnlyDictionary<string, double> CpuSeconds, Draw? Draw = null)
{
    public double CpuSecondsPerMillion(string process) => CpuSeconds[process] * 1e6 / Load.Items;
}
