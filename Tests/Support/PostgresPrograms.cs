namespace Granero.Tests.Support;

/// <summary>Where PostgreSQL's server programs are: the folder in GRANERO_TEST_PGBIN, else PATH, else where packages put them.</summary>
internal static class PostgresPrograms
{
    private static readonly string[] PackageRoots = ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"];

    /// <summary>The folder that holds initdb and pg_ctl; null when there is none.</summary>
    public static string? Folder { get; } = Candidates().FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("GRANERO_TEST_PGBIN") is { Length: > 0 } given) yield return given;
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)) yield return folder;

        // Debian has one folder for each version, Homebrew one for each formula (postgresql@17).
        foreach (var root in PackageRoots.Where(Directory.Exists))
        {
            foreach (var version in Directory.GetDirectories(root).OrderDescending(StringComparer.Ordinal)) yield return Path.Combine(version, "bin");
        }

        yield return "/usr/bin";
    }
}
