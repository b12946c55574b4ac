using Npgsql;

namespace Granero.Schema;

/// <summary>Makes a silo's database ready before anything else starts: reached, checked, and at this code's schema version.</summary>
public static class Database
{
    /// <summary>The name of the connection string, below <c>ConnectionStrings</c>.</summary>
    public const string ConnectionName = "granero";

    /// <summary>
    /// Waits until Postgres can be reached, refuses a server on which Granero cannot keep its promises, and applies the schema files
    /// that the database does not have yet. Any number of silos may do this at once, and older silos may be running.
    /// </summary>
    /// <param name="connectionString">An Npgsql connection string, as it was configured; null when it was not.</param>
    /// <param name="options">How long to wait, and what to allow.</param>
    /// <param name="logger">Gets a line for each file that is applied, and every few seconds while Postgres cannot be reached.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StartupException">The silo must not start; the message says why and what to do.</exception>
    public static async Task PrepareAsync(
        string? connectionString, DatabaseOptions options, ILogger logger, CancellationToken cancellationToken = default)
    {
        var connector = new DatabaseConnector(ConnectionText.Parse(connectionString), options.ConnectTimeout, logger);
        await using var connection = await connector.ConnectAsync(cancellationToken);
        await PrepareAsync(connection, options, logger, cancellationToken);
    }

    private static async Task PrepareAsync(
        NpgsqlConnection connection, DatabaseOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            var settings = await ServerSettings.ReadAsync(connection, cancellationToken);
            settings.Check(options);
            await new SchemaApplier(connection, SchemaFile.ReadEmbedded(), logger).ApplyAsync(cancellationToken);
        }
        catch (NpgsqlException lost)
        {
            throw new StartupException(
                $"The connection to Postgres at {connection.DataSource} was lost while the schema was checked ({lost.Reason()}): start again.", lost);
        }
    }
}
