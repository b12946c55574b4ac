using Npgsql;

namespace Granero.Schema;

/// <summary>
/// Brings a database up to the given schema files: in order, each once, each in a transaction of its own that also records it in
/// <c>granero_schema</c>. One advisory lock lets one applier work at a time; the others wait and then find nothing to do.
/// </summary>
/// <param name="connection">Open, and not from a pool: the lock is held until it closes.</param>
/// <param name="files">The files that this code knows, in the order of their versions.</param>
/// <param name="logger">Gets a line for each file that is applied.</param>
internal sealed partial class SchemaApplier(NpgsqlConnection connection, IReadOnlyList<SchemaFile> files, ILogger logger)
{
    /// <summary>Any number will do that no other program takes in this database: the letters "granero" in ASCII.</summary>
    private const long LockKey = 0x6772616E65726F;

    /// <summary>A file waits for a session that holds a table, but not for long: all who come after it wait as well, serving silos too.</summary>
    private const string LockTimeout = "set local lock_timeout = '10s'";

    private const string ServerIsStopping = "57P";

    private sealed record AppliedFile(string Name, string Checksum);

    /// <exception cref="StartupException">The database has another history than these files, or a file cannot be applied.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LockAsync(cancellationToken);
            var applied = await ReadAppliedAsync(cancellationToken);
            CheckHistory(applied);
            foreach (var file in files.Where(file => !applied.ContainsKey(file.Version))) await ApplyAsync(file, cancellationToken);
        }
        catch (PostgresException failure) when (!failure.SqlState.StartsWith(ServerIsStopping, StringComparison.Ordinal))
        {
            throw Failed("The schema", failure);
        }
    }

    private async Task LockAsync(CancellationToken cancellationToken)
    {
        if (await ExecuteAsync("select pg_try_advisory_lock($1)", cancellationToken, LockKey) is true) return;
        LogWaiting();
        await ExecuteAsync("select pg_advisory_lock($1)", cancellationToken, LockKey);
    }

    private async Task<SortedDictionary<int, AppliedFile>> ReadAppliedAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            create table if not exists granero_schema (
              version    integer     primary key,
              name       text        not null,
              applied_at timestamptz not null default now(),
              checksum   text        not null);
            select version, name, checksum from granero_schema
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new SortedDictionary<int, AppliedFile>();
        while (await reader.ReadAsync(cancellationToken)) applied.Add(reader.GetInt32(0), new(reader.GetString(1), reader.GetString(2)));
        return applied;
    }

    /// <summary>
    /// The applied files must be a beginning of ours, or ours a beginning of them: then a newer silo has been here, and since a file
    /// never takes away what a running silo uses, this older one may serve beside it.
    /// </summary>
    private void CheckHistory(SortedDictionary<int, AppliedFile> applied)
    {
        var versions = Enumerable.Range(1, applied.Count);
        if (!versions.SequenceEqual(applied.Keys))
            throw new StartupException("The table granero_schema has a gap in its versions: restore the database, or the rows that were deleted from it.");

        foreach (var file in files.Where(file => applied.TryGetValue(file.Version, out var was) && was.Checksum != file.Checksum))
        {
            throw new StartupException(
                $"Schema file {file.FileName} is not the one that this database was made with ({file.Version:D4}-{applied[file.Version].Name}.sql): "
                + "run the build that made it, or put the file back as it was and make the change in a new file.");
        }

        if (applied.Count > files.Count) LogNewerDatabase(applied.Count, files.Count);
    }

    private async Task ApplyAsync(SchemaFile file, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(LockTimeout, cancellationToken);
            await ExecuteAsync(file.Sql, cancellationToken);
            await ExecuteAsync(
                "insert into granero_schema (version, name, checksum) values ($1, $2, $3)", cancellationToken, file.Version, file.Name, file.Checksum);
            await transaction.CommitAsync(cancellationToken);
            LogApplied(file.FileName);
        }
        catch (PostgresException failure) when (!failure.SqlState.StartsWith(ServerIsStopping, StringComparison.Ordinal))
        {
            throw Failed($"Schema file {file.FileName}", failure);
        }
    }

    /// <summary>Without a time limit: a file may take long, and so may the wait for another silo's.</summary>
    private async Task<object?> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private StartupException Failed(string what, PostgresException failure) => new(
        $"{what} could not be applied ({failure.SqlState}: {failure.MessageText}): " + failure.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege =>
                $"make {connection.UserName} the owner of database {connection.Database}, or grant it create on the schema public.",
            PostgresErrorCodes.LockNotAvailable => "end the session that holds the table (see pg_stat_activity) and start again.",
            PostgresErrorCodes.ReadOnlySqlTransaction => "connect to the primary server, not to a standby.",
            _ => "give Granero a database of its own, or report this.",
        },
        failure);

    [LoggerMessage(9003, LogLevel.Information, "Schema file {File} applied")]
    private partial void LogApplied(string file);

    [LoggerMessage(9004, LogLevel.Information, "Another silo is applying the schema; waiting for it")]
    private partial void LogWaiting();

    [LoggerMessage(9005, LogLevel.Warning,
        "The database has schema version {Database}, and this silo knows {Known}: a newer silo has started on it, and this one serves beside it until it is upgraded")]
    private partial void LogNewerDatabase(int database, int known);
}
