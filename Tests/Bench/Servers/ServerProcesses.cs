using System.Globalization;

namespace Granero.Bench.Servers;

/// <summary>The processes under test, found by the pid files that they were started with, and the bench itself.</summary>
internal sealed class ServerProcesses
{
    private const string Postgres = "postgres";

    private readonly (string Name, int Pid)[] processes;

    /// <param name="runDirectory">Holds <c>name.pid</c> for each process; null when the servers run elsewhere.</param>
    public ServerProcesses(string? runDirectory)
    {
        string[] files = runDirectory is null ? [] : [.. Directory.GetFiles(runDirectory, "*.pid").Order(StringComparer.Ordinal)];
        processes = [.. files.Select(Read).Append(("bench", Environment.ProcessId))];
    }

    public IEnumerable<string> Names => processes.Select(process => process.Name);

    public Dictionary<string, ProcessUsage> Measure() => processes.ToDictionary(process => process.Name, Measure);

    private static ProcessUsage Measure((string Name, int Pid) process)
    {
        try
        {
            return process.Name == Postgres ? ProcessUsage.OfFamily(process.Pid) : ProcessUsage.OfProcess(process.Pid);
        }
        catch (IOException gone)
        {
            throw new BenchException($"The process of {process.Name}.pid, {process.Pid}, is not running.", gone);
        }
    }

    private static (string Name, int Pid) Read(string file) =>
        (Path.GetFileNameWithoutExtension(file), int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture));
}
