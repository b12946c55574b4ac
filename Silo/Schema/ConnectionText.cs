using Npgsql;

namespace Granero.Schema;

/// <summary>Turns the configured connection string into one that is whole, or says what is wrong with it.</summary>
internal static class ConnectionText
{
    private const string Example = "Host=127.0.0.1;Port=5432;Database=granero;Username=granero;Password=...";

    /// <exception cref="StartupException">It is missing, cannot be read, or names no host.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new StartupException($"ConnectionStrings:granero is not set: set the environment variable ConnectionStrings__granero to {Example}");

        var builder = Read(connectionString);
        if (string.IsNullOrWhiteSpace(builder.Host)) throw new StartupException($"ConnectionStrings:granero names no host: write it as {Example}");
        if (builder.Port is < 1 or > 65535) throw new StartupException($"ConnectionStrings:granero has Port {builder.Port}: write one from 1 to 65535.");
        return builder;
    }

    private static NpgsqlConnectionStringBuilder Read(string connectionString)
    {
        try
        {
            return new(connectionString);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or OverflowException)
        {
            // Neither its message nor the exception goes on: a password with a ';' in it turns up there as an unknown keyword.
            throw new StartupException(
                $"ConnectionStrings:granero is no Npgsql connection string: write it as {Example} and put a value that holds ; = or quotes in double quotes.");
        }
    }
}
