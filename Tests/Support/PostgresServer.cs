using Npgsql;
using Xunit.Sdk;

namespace Granero.Tests.Support;

/// <summary>
/// The PostgreSQL server that the tests use: <c>./test</c> starts one and passes an Npgsql connection string of its superuser.
/// Without one the tests that need it are skipped, loudly; where CI is set they fail.
/// </summary>
internal static class PostgresServer
{
    private const string Variable = "GRANERO_TEST_POSTGRES";

    private static readonly Lock Gate = new();
    private static bool _said;

    public static bool IsGiven => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <exception cref="SkipException">There is no server, and that is allowed here.</exception>
    /// <exception cref="InvalidOperationException">There is no server, and CI is set.</exception>
    public static string ConnectionString => IsGiven ? Environment.GetEnvironmentVariable(Variable)! : throw Missing();

    public static Exception Missing() => SkipOrFail($"{Variable} is not set, so nothing that needs PostgreSQL is tested: run ./test");

    /// <summary>What a test throws that cannot run here: a skip on a laptop, a failure in CI, where everything must be at hand.</summary>
    public static Exception SkipOrFail(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ci && !ci.Equals("false", StringComparison.OrdinalIgnoreCase))
            return new InvalidOperationException(reason);

        lock (Gate)
        {
            if (!_said) Console.Error.WriteLine($"*** TESTS ARE SKIPPED: {reason} ***");
            _said = true;
        }

        return SkipException.ForSkip(reason);
    }

    /// <summary>A new database with a name of its own, which disposing drops.</summary>
    public static Task<PostgresDatabase> CreateDatabaseAsync(CancellationToken cancellationToken = default) =>
        PostgresDatabase.CreateAsync(new NpgsqlConnectionStringBuilder(ConnectionString), cancellationToken);
}
