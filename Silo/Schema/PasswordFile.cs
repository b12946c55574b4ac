namespace Granero.Schema;

/// <summary>
/// <c>Postgres:PasswordFile</c>: a file whose first line is the password of <c>ConnectionStrings:granero</c>, as orchestrators hand out secrets.
/// What is in the environment, everybody can read who may inspect the container.
/// </summary>
internal static class PasswordFile
{
    public const string Key = "Postgres:PasswordFile";

    /// <summary>Completes the connection string for everybody who reads the configuration from now on, Orleans' providers among them.</summary>
    /// <exception cref="StartupException">The file cannot be read, or is empty.</exception>
    public static void Apply(IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } file) return;

        var text = ConnectionText.Parse(configuration.GetConnectionString(Database.ConnectionName));
        text.Password = Read(file);
        configuration[$"ConnectionStrings:{Database.ConnectionName}"] = text.ConnectionString;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault() is { Length: > 0 } password
                ? password
                : throw new StartupException($"{Key} is {file}, and that file's first line is empty: write the password there.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{Key} is {file}, which cannot be read ({unreadable.Message}): name a file that this process's user may read.");
        }
    }
}
