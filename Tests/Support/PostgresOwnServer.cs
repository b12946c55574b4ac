using System.Diagnostics;
using Npgsql;

namespace Granero.Tests.Support;

/// <summary>
/// A PostgreSQL server for one class of tests alone: started, stopped and started again with other settings, which a server that
/// the other tests share cannot be. It listens on a socket in a folder of its own and never on the network.
/// </summary>
internal sealed class PostgresOwnServer : IAsyncDisposable
{
    /// <summary>Who runs the server when the tests run as root, as whom it refuses to start: this user comes with the packages.</summary>
    private const string ServerUser = "postgres";

    // Short: the path of a socket has 107 bytes at the most.
    private readonly string _folder = Directory.CreateTempSubdirectory("granero-pg-").FullName;
    private bool _isRunning;

    private PostgresOwnServer()
    {
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = _folder,
        Username = ServerUser,
        Database = "postgres",
        Pooling = false,
    }.ConnectionString;

    private string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Makes a server and leaves it stopped. Skips the test when PostgreSQL's programs are not at hand.</summary>
    public static async Task<PostgresOwnServer> CreateAsync(CancellationToken cancellationToken = default)
    {
        if (PostgresPrograms.Folder is null) throw PostgresServer.SkipOrFail("PostgreSQL's initdb was not found: install PostgreSQL or set GRANERO_TEST_PGBIN");
        var server = new PostgresOwnServer();
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", [ServerUser, server._folder], cancellationToken);
        await RunProgramAsync("initdb", ["-D", server.DataFolder, "-U", ServerUser, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], cancellationToken);
        return server;
    }

    /// <summary>Starts it and returns once it takes connections.</summary>
    /// <param name="settings">Such as <c>-c fsync=off</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task StartAsync(string settings = "", CancellationToken cancellationToken = default)
    {
        await RunProgramAsync("pg_ctl", ["start", "-w", "-s", "-D", DataFolder, "-l", Path.Combine(_folder, "log"),
            "-o", $"-k {_folder} -c listen_addresses= {settings}"], cancellationToken);
        _isRunning = true;
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await RunProgramAsync("pg_ctl", ["stop", "-w", "-s", "-m", "immediate", "-D", DataFolder], cancellationToken);
        _isRunning = false;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isRunning) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task RunProgramAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var path = Path.Combine(PostgresPrograms.Folder!, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", ServerUser, "--", path, .. arguments], cancellationToken)
            : RunAsync(path, arguments, cancellationToken);
    }

    private static async Task RunAsync(string file, string[] arguments, CancellationToken cancellationToken)
    {
        // Its output goes nowhere: a server that inherits a pipe keeps it open, and a reader of that pipe would wait for its end.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", file, .. arguments]) { WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
