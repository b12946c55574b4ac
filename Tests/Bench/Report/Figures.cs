using System.Globalization;
using Granero.Bench.Servers;

namespace Granero.Bench.Report;

/// <summary>How figures look in every table, whatever the machine's language.</summary>
internal static class Figures
{
    public static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Hundredths(double value) => value.ToString("N2", CultureInfo.InvariantCulture);

    public static string Megabytes(long? bytes) => bytes is { } known ? (known / 1e6).ToString("N0", CultureInfo.InvariantCulture) : "";

    public static Table Memory(IReadOnlyDictionary<string, ProcessUsage> usage)
    {
        var table = new Table("memory", "MB now", "MB at most");
        foreach (var (process, use) in usage) table.Add(process, Megabytes(use.MemoryBytes), Megabytes(use.PeakBytes));
        return table;
    }
}
