using Granero.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Granero.Tests.Support;

/// <summary>A fresh database with Granero's schema, for all tests of a class or a collection.</summary>
/// <remarks>Without a server it is created all the same, and <see cref="Value"/> skips the test: a fixture itself cannot.</remarks>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresDatabase? _database;

    internal PostgresDatabase Value => _database ?? throw PostgresServer.Missing();

    /// <summary>An Npgsql connection string of the fixture's database.</summary>
    public string ConnectionString => Value.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        if (!PostgresServer.IsGiven) return;
        _database = await PostgresServer.CreateDatabaseAsync();
        await Database.PrepareAsync(_database.ConnectionString, new(), NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }
}
