namespace Granero.Tests.Faults;

/// <summary>A fault and when it comes.</summary>
/// <param name="At">After the load began.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Target">To which of those that it can happen to; taken modulo their number.</param>
/// <param name="Lasts">Until it is over; zero for what is over at once.</param>
internal sealed record PlannedFault(TimeSpan At, FaultKind Kind, int Target, TimeSpan Lasts);

/// <summary>
/// Which faults come when. It depends on its arguments alone, and neither on the machine nor on what happens, so that the same seed gives
/// the same faults.
/// </summary>
internal static class FaultPlan
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(4);

    /// <summary>In this time the processes of the last fault are expected to be back: one fault at a time.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(9);

    /// <summary>The faults that begin within a time, all kinds before any comes again.</summary>
    /// <param name="seed">The plan's name.</param>
    /// <param name="duration">How long faults come.</param>
    /// <param name="kinds">Those that may come.</param>
    public static IReadOnlyList<PlannedFault> Make(int seed, TimeSpan duration, IReadOnlyList<FaultKind> kinds)
    {
        var random = new Random(seed);
        var plan = new List<PlannedFault>();
        var at = First;
        while (true)
        {
            FaultKind[] all = [.. kinds];
            random.Shuffle(all);
            foreach (var kind in all)
            {
                var fault = new PlannedFault(at, kind, random.Next(1000), Lasting(kind, random));
                if (at + fault.Lasts > duration)
                    return plan;
                plan.Add(fault);
                at += fault.Lasts + Recovery + Milliseconds(random, 0, 4_000);
            }
        }
    }

    private static TimeSpan Lasting(FaultKind kind, Random random) => kind switch
    {
        FaultKind.FreezeSilo => TimeSpan.FromSeconds(20),
        FaultKind.StopPostgres => Milliseconds(random, 1_000, 6_000),
        FaultKind.FreezePostgres => Milliseconds(random, 2_000, 15_000),
        FaultKind.FullDisk => Milliseconds(random, 5_000, 10_000),
        FaultKind.CutSilos or FaultKind.CutPostgres => Milliseconds(random, 5_000, 20_000),
        _ => TimeSpan.Zero,
    };

    private static TimeSpan Milliseconds(Random random, int from, int to) => TimeSpan.FromMilliseconds(random.Next(from, to));
}
