using System.Globalization;
using Granero.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Granero.Tests.Support;

/// <summary>A database of its own for a fixture, with Granero's schema.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _postgres;
    public string ConnectionString { get; }
    private TestDatabase(string cs) { ConnectionString = cs; _postgres = NpgsqlDataSource.Create(cs); }
    public static async Task<TestDatabase> CreateAsync()
    {
        var server = Environment.GetEnvironmentVariable("GRANERO_TEST_POSTGRES")!;
        var name = "t" + Guid.NewGuid().ToString("N");
        await using (var s = NpgsqlDataSource.Create(server)) { await using var c = s.CreateCommand($"create database {name}"); await c.ExecuteNonQueryAsync(); }
        var cs = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        await Database.PrepareAsync(cs, new(), NullLogger.Instance);
        return new(cs);
    }
    public async Task Execute(string sql) { await using var c = _postgres.CreateCommand(sql); await c.ExecuteNonQueryAsync(); }

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
    public async ValueTask DisposeAsync() => await _postgres.DisposeAsync();

    private static string? Text(object value) =>
        value is DateOnly date ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture);
}
