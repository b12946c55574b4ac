using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Granero.Videos;

/// <summary>
/// A program that works on a stranger's bytes: limited in memory, in the size of what it writes and in priority, with an empty environment, and dead as soon as
/// it is disposed or this process is gone, by kill -9 too.
/// </summary>
/// <remarks>
/// A shell sets the limits, which needs no privilege, and waits. Its standard input is a pipe from this process that nothing is written to: when it ends, for
/// whatever reason, a second shell kills the program.
/// </remarks>
internal sealed class LimitedProcess : IDisposable
{
    /// <summary>Of what nobody waits for: the silo, and whoever else has to answer quickly, goes before.</summary>
    public const string Niceness = "10";

    /// <summary>Of what a client waits for.</summary>
    public const string NoNiceness = "0";

    private const int KeptErrorLines = 20;
    private const int MaxLine = 300;

    // $1: KiB of address space. $2: blocks of 512 bytes that a file may have. $3: niceness. Then the program.
    private const string Limits =
        """
        ulimit -c 0; ulimit -v "$1"; ulimit -f "$2"; nice=$3; shift 3
        exec 3<&0
        nice -n "$nice" "$@" </dev/null 3<&- &
        program=$!
        (exec >/dev/null 2>&1; read -r line <&3; kill -9 "$program") &
        guard=$!
        exec 3<&-
        wait "$program"; status=$?
        kill -9 "$guard" 2>/dev/null
        exit "$status"
        """;

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly Task _readingErrors;

    /// <param name="program">A path, or a name in PATH.</param>
    /// <param name="arguments">What it is started with.</param>
    /// <param name="memoryBytes">Address space.</param>
    /// <param name="maxFileBytes">The longest file that it may write.</param>
    /// <param name="niceness">How far it stands back for others.</param>
    public LimitedProcess(string program, IEnumerable<string> arguments, long memoryBytes, long maxFileBytes, string niceness)
    {
        string[] limits = [Text(memoryBytes / 1024), Text(maxFileBytes / 512), niceness];
        var start = new ProcessStartInfo("/bin/sh", ["-c", Limits, "sh", .. limits, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        start.Environment["MALLOC_ARENA_MAX"] = "2"; // else each thread reserves address space of its own, which is limited
        _process = Process.Start(start)!;
        _readingErrors = KeepErrorsAsync();
    }

    public StreamReader Output => _process.StandardOutput;

    /// <summary>The last lines that it wrote to its standard error; complete after <see cref="EndAsync"/>.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <returns>Whether the program is there and ends well.</returns>
    public static bool CanRun(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Waits for its end. Its output must have been read to the end.</summary>
    /// <returns>Its exit code; above 128 a signal ended it.</returns>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await _readingErrors.WaitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Kills it if it still runs, and waits until it is gone.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task KeepErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (_errors.Count == KeptErrorLines)
                _errors.Dequeue();
            _errors.Enqueue(line.Length > MaxLine ? line[..MaxLine] : line);
        }
    }
}
