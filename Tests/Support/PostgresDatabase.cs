using Npgsql;

namespace Granero.Tests.Support;

/// <summary>A database for one test or one class of tests. Disposing it drops it, whoever is still connected.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly string _serverConnectionString;
    private readonly NpgsqlDataSource _dataSource;

    private PostgresDatabase(NpgsqlConnectionStringBuilder server)
    {
        // Small pools: many fixtures share the server's connections.
        var own = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Name, MaxPoolSize = 20 };
        _serverConnectionString = server.ConnectionString;
        ConnectionString = own.ConnectionString;
        _dataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string Name { get; } = $"granero_test_{Guid.NewGuid():N}";

    public string ConnectionString { get; }

    public static async Task<PostgresDatabase> CreateAsync(NpgsqlConnectionStringBuilder server, CancellationToken cancellationToken = default)
    {
        var database = new PostgresDatabase(server);
        await database.ExecuteOnServerAsync($"create database {database.Name}", cancellationToken);
        return database;
    }

    /// <summary>A connection outside the pool, so that closing it ends its session.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken = default)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = _dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of every row.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = _dataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) values.Add(await reader.GetFieldValueAsync<T>(0, cancellationToken));
        return values;
    }

    /// <summary>Runs a statement in the server's own database: what concerns databases and roles.</summary>
    public async Task ExecuteOnServerAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var server = new NpgsqlConnection(_serverConnectionString);
        await server.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, server);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _dataSource.DisposeAsync();
        await ExecuteOnServerAsync($"drop database if exists {Name} with (force)");
    }
}
