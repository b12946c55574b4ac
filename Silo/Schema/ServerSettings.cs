using Npgsql;

namespace Granero.Schema;

/// <summary>What a Postgres server promises to the sessions of the configured user and database.</summary>
/// <param name="Version">Such as 15.4.</param>
/// <param name="Fsync">Off: the disk may not have what was committed.</param>
/// <param name="SynchronousCommit">Off: a commit is confirmed before it is on disk.</param>
/// <param name="FullPageWrites">Off: a page torn by a crash cannot be repaired.</param>
/// <param name="Encoding">The database's: names have characters that only UTF8 has all of.</param>
internal sealed record ServerSettings(Version Version, string Fsync, string SynchronousCommit, string FullPageWrites, string Encoding)
{
    /// <summary>The first with <c>unique nulls not distinct</c>.</summary>
    private const int OldestMajorVersion = 15;

    /// <summary>Reads the settings as this session has them: synchronous_commit can differ by user, database and connection.</summary>
    public static async Task<ServerSettings> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'),
                   current_setting('server_encoding')
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(connection.PostgreSqlVersion, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
    }

    /// <exception cref="StartupException">The server is too old, or could lose what it has confirmed and that is not allowed.</exception>
    public void Check(DatabaseOptions options)
    {
        if (Version.Major < OldestMajorVersion)
            throw new StartupException($"Postgres is version {Version}, and Granero needs {OldestMajorVersion} or later: upgrade the server.");
        if (Encoding != "UTF8")
            throw new StartupException($"The database's encoding is {Encoding}, which cannot hold every name: create it with encoding UTF8.");
        if (options.AllowUnsafeDurability) return;
        RefuseOff("fsync", Fsync, "set fsync = on in postgresql.conf and reload it");
        RefuseOff("full_page_writes", FullPageWrites, "set full_page_writes = on in postgresql.conf and reload it");
        RefuseOff("synchronous_commit", SynchronousCommit,
            "set synchronous_commit = on in postgresql.conf, and reset it for the user, the database and the connection string");
    }

    private static void RefuseOff(string setting, string value, string fix)
    {
        if (value != "off") return;
        throw new StartupException(
            $"Postgres runs with {setting} = off, so a crash could lose bets that were acknowledged: "
            + $"{fix}, or set Postgres:AllowUnsafeDurability to true to run without that promise.");
    }
}
