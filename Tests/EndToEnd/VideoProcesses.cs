using Granero.Tests.Support;
using Npgsql;

namespace Granero.Tests.EndToEnd;

/// <summary>A PostgreSQL server, silos and a REST gateway, each a process that a test may kill.</summary>
internal sealed class VideoProcesses : IAsyncDisposable
{
    private readonly PostgresOwnServer _postgres;

    private VideoProcesses(PostgresOwnServer postgres, int[] encoders)
    {
        _postgres = postgres;
        var port = ServerProcess.FreePort();
        Address = new Uri($"http://127.0.0.1:{port}/");
        Silos = [.. encoders.Select(NewSilo)];
        Gateway = new("Gateways/Rest", "Granero.Gateways.Rest.dll", new Dictionary<string, string>
        {
            ["ConnectionStrings__granero"] = ConnectionString,
            ["Media__Root"] = Media,
            ["Videos__KeepFreeBytes"] = "0",
            ["Rest__Port"] = $"{port}",
            ["Peers__Port"] = $"{ServerProcess.FreePort()}",
        });
    }

    /// <summary>Where the clients of accounts and videos call.</summary>
    public Uri Address { get; }

    public ServerProcess[] Silos { get; }

    public ServerProcess Gateway { get; }

    /// <summary>The folder that they share.</summary>
    public string Media { get; } = Directory.CreateTempSubdirectory("granero-media-").FullName;

    private string ConnectionString => new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Pooling = true, MaxPoolSize = 20 }.ConnectionString;

    /// <param name="encoders">Of each silo.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<VideoProcesses> StartAsync(int[] encoders, CancellationToken cancellationToken)
    {
        var postgres = await PostgresOwnServer.CreateAsync(cancellationToken: cancellationToken);
        await postgres.StartAsync(cancellationToken: cancellationToken);
        var granero = new VideoProcesses(postgres, encoders);
        await granero.StartProgramsAsync(cancellationToken);
        return granero;
    }

    /// <summary>Both silos, then the gateway; returns when they are ready.</summary>
    public async Task StartProgramsAsync(CancellationToken cancellationToken)
    {
        foreach (var silo in Silos)
            silo.Start();
        // At the same time: after kill -9, one waits for the other, whose row says that it lives.
        await Task.WhenAll(Silos.Select(silo => silo.BecomeReadyAsync(cancellationToken)));
        Gateway.Start();
        await Gateway.BecomeReadyAsync(cancellationToken);
    }

    public async Task KillEverythingAsync()
    {
        await Gateway.KillAsync();
        foreach (var silo in Silos)
            await silo.KillAsync();
    }

    /// <summary>The first row's values as one text, divided by bars; null without a row.</summary>
    public async Task<string?> RowAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_postgres.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)) : null;
    }

    public string[] Files(string part) => Directory.GetFiles(Path.Combine(Media, part), "*", SearchOption.AllDirectories);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        foreach (var silo in Silos)
            await silo.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(Media, recursive: true);
    }

    private ServerProcess NewSilo(int encoders) => new("Silo", "Granero.Silo.dll", new Dictionary<string, string>
    {
        ["ConnectionStrings__granero"] = ConnectionString,
        ["Media__Root"] = Media,
        ["Accounts__PasswordIterations"] = "1000",
        ["Videos__Encoders"] = $"{encoders}",
        ["Videos__Lease"] = "00:00:03",
        ["Videos__SweepAfter"] = "00:00:02",
        ["Orleans__Endpoints__AdvertisedIPAddress"] = "127.0.0.1",
        ["Orleans__Endpoints__SiloPort"] = $"{ServerProcess.FreePort()}",
        ["Orleans__Endpoints__GatewayPort"] = $"{ServerProcess.FreePort()}",
    });
}
