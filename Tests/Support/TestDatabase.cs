using System.Globalization;
using Granero.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Granero.Tests.Support;

/// <summary>A database with Granero's schema, and questions to its rows.</summary>
internal sealed class TestDatabase(PostgresDatabase database) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _postgres = NpgsqlDataSource.Create(database.ConnectionString);

    public string ConnectionString => database.ConnectionString;

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = await PostgresServer.CreateDatabaseAsync();
        await Database.PrepareAsync(database.ConnectionString, new(), NullLogger.Instance);
        return new(database);
    }

    public Task Execute(string sql) => database.ExecuteAsync(sql);

    /// <summary>Each row as text, its values divided by bars, dates as yyyy-MM-dd.</summary>
    public async Task<string[]> Rows(string sql)
    {
        await using var command = _postgres.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))));
        return [.. rows];
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        await database.DisposeAsync();
    }

    private static string? Text(object value) =>
        value is DateOnly date ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture);
}
