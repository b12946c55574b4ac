using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Granero.Gateways.Hosting;

/// <summary>
/// <c>Postgres:PasswordFile</c>: a file whose first line is the password of <c>ConnectionStrings:granero</c>, as orchestrators hand out secrets.
/// </summary>
internal static class PasswordFile
{
    private const string Key = "Postgres:PasswordFile";
    private const string ConnectionKey = "ConnectionStrings:granero";

    /// <summary>Completes the connection string for everybody who reads the configuration from now on, Orleans' provider among them.</summary>
    /// <returns>What is wrong with the file, a sentence that names the fix; null when nothing is, or none is named.</returns>
    public static string? Apply(IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } file)
            return null;

        try
        {
            if (File.ReadLines(file).FirstOrDefault() is not { Length: > 0 } password)
                return $"{Key} is {file}, and that file's first line is empty: write the password there.";
            configuration[ConnectionKey] = new NpgsqlConnectionStringBuilder(configuration[ConnectionKey]) { Password = password }.ConnectionString;
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"{Key} is {file}, which cannot be read ({unreadable.Message}): name a file that this process's user may read.";
        }
        catch (ArgumentException)
        {
            return null; // the connection string has a rule of its own
        }
    }
}
