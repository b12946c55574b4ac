using System.Diagnostics;
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
    public static async Task<PostgresOwnServer> CreateAsync(CancellationToken cancellationToken = default)
    {
        if (PostgresPrograms.Folder is null) throw PostgresServer.SkipOrFail("PostgreSQL's initdb was not found: install PostgreSQL or set GRANERO_TEST_PGBIN");
        var server = new PostgresOwnServer();
        await server.RunAsync("initdb", ["-D", server.DataFolder, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], cancellationToken);
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

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }

    private static string Program(string name) => Path.Combine(PostgresPrograms.Folder!, name);

    private async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", AsServerUser, "sh", Program(program), .. arguments]) { WorkingDirectory = _folder };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
