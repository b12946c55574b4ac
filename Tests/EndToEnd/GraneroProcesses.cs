using System.Net;
using Granero.Tests.Support;
using Npgsql;

namespace Granero.Tests.EndToEnd;

/// <summary>A PostgreSQL server, a silo and a TCP gateway, each a process that a test may kill.</summary>
internal sealed class GraneroProcesses : IAsyncDisposable
{
    private GraneroProcesses(PostgresOwnServer postgres, int agencies)
    {
        Postgres = postgres;
        Server = new IPEndPoint(IPAddress.Loopback, ServerProcess.FreePort());
        OtherServer = new IPEndPoint(IPAddress.Loopback, ServerProcess.FreePort());
        Silo = new("Silo", "Granero.Silo.dll", new Dictionary<string, string>
        {
            ["ConnectionStrings__granero"] = ConnectionString,
            ["Lottery__Agencies"] = $"{agencies}",
            ["Orleans__Endpoints__AdvertisedIPAddress"] = "127.0.0.1",
            ["Orleans__Endpoints__SiloPort"] = $"{ServerProcess.FreePort()}",
            ["Orleans__Endpoints__GatewayPort"] = $"{ServerProcess.FreePort()}",
        });
        Gateway = GatewayAt(Server);
        OtherGateway = GatewayAt(OtherServer);
    }

    public PostgresOwnServer Postgres { get; }

    public ServerProcess Silo { get; }

    public ServerProcess Gateway { get; }

    /// <summary>Does not run unless a test starts it.</summary>
    public ServerProcess OtherGateway { get; }

    /// <summary>Where the lottery's clients connect to.</summary>
    public IPEndPoint Server { get; }

    /// <summary>Where <see cref="OtherGateway"/> listens.</summary>
    public IPEndPoint OtherServer { get; }

    private string ConnectionString => new NpgsqlConnectionStringBuilder(Postgres.ConnectionString) { Pooling = true }.ConnectionString;

    public static async Task<GraneroProcesses> StartAsync(int agencies, CancellationToken cancellationToken)
    {
        var granero = new GraneroProcesses(await PostgresOwnServer.CreateAsync(cancellationToken), agencies);
        try
        {
            await granero.Postgres.StartAsync(cancellationToken: cancellationToken);
            granero.Silo.Start();
            await granero.Silo.BecomeReadyAsync(cancellationToken);
            granero.Gateway.Start();
            await granero.Gateway.BecomeReadyAsync(cancellationToken);
            return granero;
        }
        catch
        {
            await granero.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first column of every row.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Postgres.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            values.Add(await reader.GetFieldValueAsync<T>(0, cancellationToken));
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        await OtherGateway.DisposeAsync();
        await Gateway.DisposeAsync();
        await Silo.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private ServerProcess GatewayAt(IPEndPoint server) => new("Gateways/Tcp", "Granero.Gateways.Tcp.dll", new Dictionary<string, string>
    {
        ["ConnectionStrings__granero"] = ConnectionString,
        ["Tcp__Port"] = $"{server.Port}",
    });
}
