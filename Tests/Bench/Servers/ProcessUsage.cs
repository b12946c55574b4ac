using System.Globalization;

namespace Granero.Bench.Servers;

/// <summary>What a process has used so far. Source: proc(5).</summary>
/// <param name="CpuSeconds">User and system time.</param>
/// <param name="MemoryBytes">Resident now; of Postgres the proportional share, or its shared buffers would count once for each backend.</param>
/// <param name="PeakBytes">The most that was resident since the process started; null where several processes are summed.</param>
internal sealed record ProcessUsage(double CpuSeconds, long MemoryBytes, long? PeakBytes)
{
    private const double TicksPerSecond = 100;

    public static ProcessUsage OfProcess(int pid)
    {
        var stat = Stat(pid);
        return new(Seconds(stat, children: false), Kilobytes($"/proc/{pid}/status", "VmRSS:"), Kilobytes($"/proc/{pid}/status", "VmHWM:"));
    }

    /// <summary>A process, the children that it has and, in time, those that it had.</summary>
    public static ProcessUsage OfFamily(int pid)
    {
        var cpu = Seconds(Stat(pid), children: true);
        var memory = Kilobytes($"/proc/{pid}/smaps_rollup", "Pss:");
        foreach (var child in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])))
        {
            try
            {
                var stat = Stat(int.Parse(child!, CultureInfo.InvariantCulture));
                if (stat[1] != pid.ToString(CultureInfo.InvariantCulture)) continue;
                cpu += Seconds(stat, children: false);
                memory += Kilobytes($"/proc/{child}/smaps_rollup", "Pss:");
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: NoSuchProcess })
            {
                // It ended while we were looking; its time is in its parent's now.
            }
        }
        return new(cpu, memory, null);
    }

    private const int NoSuchProcess = 3;

    /// <summary>The fields of /proc/pid/stat from the third (the state) on: the name before them may hold spaces.</summary>
    private static string[] Stat(int pid)
    {
        var text = File.ReadAllText($"/proc/{pid}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static double Seconds(string[] stat, bool children) =>
        stat[11..(children ? 15 : 13)].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;

    private static long Kilobytes(string file, string field)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
