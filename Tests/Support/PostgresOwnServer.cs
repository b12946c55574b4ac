using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Granero.Tests.Support;

/// <summary>
/// A PostgreSQL server for one class of tests alone: started, stopped and started again with other settings, which a server that
/// the other tests share cannot be. It listens on a socket in a folder of its own and never on the network, and does not outlive
/// the tests, even when their process is killed.
/// </summary>
internal sealed class PostgresOwnServer : IAsyncDisposable
{
    private const string Superuser = "postgres";

    /// <summary>
    /// Runs "$@" as the user of the tests; as root, which PostgreSQL refuses to be, as the user that its packages make, or nobody. The
    /// output goes nowhere: a server that inherits a pipe keeps it open, and a reader of that pipe would wait for its end.
    /// </summary>
    private const string AsServerUser =
        """
        exec >/dev/null 2>&1 </dev/null
        [ "$(id -u)" = 0 ] || exec "$@"
        user=postgres; id "$user" || user=nobody
        chown "$user" .
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
        """;

    /// <summary>Waits for the end of its input, which comes by Dispose or by the death of the tests; then it stops the server and deletes it.</summary>
    private const string Guard =
        """
        trap '' INT
        cat >/dev/null
        (run=$1; shift; exec sh -c "$run" sh "$@")
        rm -rf "$PWD"
        """;

    // Short: the path of a socket has 107 bytes at the most.
    private readonly string _folder = Directory.CreateTempSubdirectory("granero-pg-").FullName;
    private readonly Process _guard;
    private IReadOnlyList<string> _enter = [];

    private PostgresOwnServer() => _guard = Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", Guard, "sh", AsServerUser, Program("pg_ctl"), .. Stop]) { WorkingDirectory = _folder, RedirectStandardInput = true })!;

    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = _folder,
        Username = Superuser,
        Database = "postgres",
        Pooling = false,
    }.ConnectionString;

    private string DataFolder => Path.Combine(_folder, "data");

    private string[] Stop => ["stop", "-w", "-s", "-m", "immediate", "-D", DataFolder];

    /// <summary>Makes a server and leaves it stopped. Skips the test when PostgreSQL's programs are not at hand.</summary>
    /// <param name="enter">A command that runs the server elsewhere, such as in another network namespace; its socket is reached from here all the same.</param>
    /// <param name="trusted">A network, as 10.0.0.0/24, from which it lets everybody in; it has to be told to listen there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PostgresOwnServer> CreateAsync(
        IReadOnlyList<string>? enter = null, string? trusted = null, CancellationToken cancellationToken = default)
    {
        if (PostgresPrograms.Folder is null) throw PostgresServer.SkipOrFail("PostgreSQL's initdb was not found: install PostgreSQL or set GRANERO_TEST_PGBIN");
        var server = new PostgresOwnServer { _enter = enter ?? [] };
        await server.RunAsync("initdb", ["-D", server.DataFolder, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], cancellationToken);
        if (trusted is not null)
            await File.AppendAllTextAsync(Path.Combine(server.DataFolder, "pg_hba.conf"), $"host all all {trusted} trust\n", cancellationToken);
        return server;
    }

    /// <summary>Starts it and returns once it takes connections.</summary>
    /// <param name="settings">Such as <c>-c fsync=off</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task StartAsync(string settings = "", CancellationToken cancellationToken = default) => RunAsync(
        "pg_ctl",
        ["start", "-w", "-s", "-D", DataFolder, "-l", Path.Combine(_folder, "log"), "-o", $"-k {_folder} -c listen_addresses= {settings}"],
        cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => RunAsync("pg_ctl", Stop, cancellationToken);

    /// <summary>SIGSTOP to all its processes: connections stay, and nobody answers on them.</summary>
    public async Task FreezeAsync()
    {
        // The parent first: what stands still starts no children.
        await SignalAsync("STOP", [Postmaster]);
        await SignalAsync("STOP", ChildrenOf(Postmaster));
    }

    /// <summary>SIGCONT to all its processes.</summary>
    public async Task GoOnAsync()
    {
        await SignalAsync("CONT", ChildrenOf(Postmaster));
        await SignalAsync("CONT", [Postmaster]);
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }

    private static string Program(string name) => Path.Combine(PostgresPrograms.Folder!, name);

    private int Postmaster => int.Parse(File.ReadLines(Path.Combine(DataFolder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The fields of stat after the name, which may hold spaces: state, parent, ...</summary>
    private static int[] ChildrenOf(int parent) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let pid = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
           where pid > 0 && StatOf(folder) is { } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}"
           select pid,
    ];

    private static string? StatOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (IOException)
        {
            return null; // it has ended meanwhile
        }
    }

    private static async Task SignalAsync(string signal, int[] pids)
    {
        if (pids.Length == 0) return;
        using var kill = Process.Start("kill", [$"-{signal}", .. pids.Select(pid => $"{pid}")]);
        await kill.WaitForExitAsync();
    }

    private async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        string[] command = [.. _enter, "/bin/sh", "-c", AsServerUser, "sh", Program(program), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = _folder };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
