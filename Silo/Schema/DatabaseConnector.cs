using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace Granero.Schema;

/// <summary>Opens the connection that checks and prepares the database, and keeps trying while Postgres cannot be reached.</summary>
/// <param name="text">Where to connect.</param>
/// <param name="timeout">How long to go on trying.</param>
/// <param name="logger">Gets a line at the first failure, and then one every few seconds.</param>
internal sealed partial class DatabaseConnector(NpgsqlConnectionStringBuilder text, TimeSpan timeout, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLogLines = TimeSpan.FromSeconds(5);

    // Not pooled: closing it must end the session, and with it the lock that the schema is applied under.
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(text.ConnectionString) { Pooling = false }.ConnectionString;
    private readonly Stopwatch _waited = Stopwatch.StartNew();
    private TimeSpan _nextLogLine = TimeSpan.Zero;
    private Exception? _lastFailure;

    private string Server => $"{text.Host}:{text.Port}";

    /// <exception cref="StartupException">It cannot be reached in time, or it was reached and refuses us.</exception>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await RetryAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable();
        }
        catch (NpgsqlException refused)
        {
            throw Refused(refused);
        }
    }

    private async Task<NpgsqlConnection> RetryAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await OpenAsync(cancellationToken);
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                _lastFailure = failure;
                LogNowAndThen(failure);
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    /// <summary>
    /// Npgsql does not heed the token while a server that took the connection keeps silent: the attempt is then left behind, to end by
    /// the connection string's Timeout. A connection that failed to open holds nothing that would have to be disposed of.
    /// </summary>
    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken).WaitAsync(cancellationToken);
        return connection;
    }

    /// <summary>Not an answer that will be the same the next time, such as a wrong password.</summary>
    private static bool IsPassing(Exception failure) =>
        failure is NpgsqlException { IsTransient: true } or SocketException or TimeoutException;

    private void LogNowAndThen(Exception failure)
    {
        if (_waited.Elapsed < _nextLogLine) return;
        _nextLogLine = _waited.Elapsed + BetweenLogLines;
        LogRetrying(Server, failure.Reason(), _waited.Elapsed.TotalSeconds, timeout.TotalSeconds);
    }

    private StartupException Unreachable() => new(
        $"Postgres at {Server} could not be reached within {timeout.TotalSeconds:0.###} s ({_lastFailure?.Reason() ?? "no answer"}): "
        + "start it, correct ConnectionStrings:granero, or raise Postgres:ConnectTimeout.",
        _lastFailure);

    private StartupException Refused(NpgsqlException answer) => answer.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new(
            $"Postgres at {Server} does not let Granero in ({answer.Reason()}): "
            + "correct Username and Password in ConnectionStrings:granero, or the server's pg_hba.conf.", answer),
        PostgresErrorCodes.InvalidCatalogName => new(
            $"Postgres at {Server} has no database {text.Database}: create it, or correct Database in ConnectionStrings:granero.", answer),
        _ => new($"Postgres at {Server} refuses the connection ({answer.Reason()}): correct ConnectionStrings:granero.", answer),
    };

    [LoggerMessage(9002, LogLevel.Warning,
        "Postgres at {Server} cannot be reached ({Reason}); trying again, {Waited:0.0} s of {Timeout:0.0} s have passed")]
    private partial void LogRetrying(string server, string reason, double waited, double timeout);
}
