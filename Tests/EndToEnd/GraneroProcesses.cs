using System.Net;
using Granero.Tests.Support;
using Npgsql;

namespace Granero.Tests.EndToEnd;

/// <summary>How many processes of each kind there are, and what they are told.</summary>
internal sealed record GraneroSize(int Agencies, int Silos = 1, int TcpGateways = 1, int RestGateways = 0, int GrpcGateways = 0)
{
    /// <summary>Settings for all silos, beside their own.</summary>
    public IReadOnlyDictionary<string, string> SiloSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>A folder for published files; needed when there is a gRPC gateway.</summary>
    public string Files { get; init; } = "";

    /// <summary>A folder for videos; empty where none are taken.</summary>
    public string Media { get; init; } = "";
}

/// <summary>A PostgreSQL server, silos and gateways, each a process that a test may kill.</summary>
internal sealed class GraneroProcesses : IAsyncDisposable
{
    private const int MaxConnections = 400;
    private const int PoolSize = 25;

    private readonly GraneroSize _size;
    private readonly ServerNetwork? _network;

    private GraneroProcesses(GraneroSize size, PostgresOwnServer postgres, ServerNetwork? network, NetworkPlace? postgresPlace, NetworkPlace?[] places)
    {
        (_size, Postgres, _network, PostgresPlace, SiloPlaces) = (size, postgres, network, postgresPlace, places);
        Silos = [.. places.Select((place, i) => NewSilo($"silo-{i + 1}", place))];
        Tcp = [.. Doors(size.TcpGateways)];
        Rest = [.. Doors(size.RestGateways)];
        RestMain = [.. Doors(size.RestGateways)];
        Grpc = [.. Doors(size.GrpcGateways)];
        TcpGateways = [.. Tcp.Select((door, i) => NewGateway("Tcp", $"gateway-tcp-{i + 1}", ("Tcp__Port", $"{door.Port}")))];
        OtherGateway = NewGateway("Tcp", "gateway-tcp-other", ("Tcp__Port", $"{OtherServer.Port}"));
        RestGateways = [.. Rest.Select((door, i) => NewGateway(
            "Rest", $"gateway-rest-{i + 1}", ("Peers__Port", $"{door.Port}"), ("Rest__Port", $"{RestMain[i].Port}"), ("Proxies__Trusted__0", "127.0.0.1"),
            ("Media__Root", size.Media), ("Videos__KeepFreeBytes", "0")))];
        GrpcGateways = [.. Grpc.Select((door, i) => NewGateway("Grpc", $"gateway-grpc-{i + 1}", ("Grpc__Port", $"{door.Port}"), ("Peers__StoreRoot", size.Files)))];
    }

    public PostgresOwnServer Postgres { get; }

    public IReadOnlyList<ServerProcess> Silos { get; }

    public IReadOnlyList<ServerProcess> TcpGateways { get; }

    public IReadOnlyList<ServerProcess> RestGateways { get; }

    public IReadOnlyList<ServerProcess> GrpcGateways { get; }

    public IEnumerable<ServerProcess> Gateways => [.. TcpGateways, .. RestGateways, .. GrpcGateways];

    public ServerProcess Silo => Silos[0];

    public ServerProcess Gateway => TcpGateways[0];

    /// <summary>Where the clients of each kind connect to; one for each gateway.</summary>
    public IReadOnlyList<IPEndPoint> Tcp { get; }

    public IReadOnlyList<IPEndPoint> Rest { get; }

    /// <summary>Where clients of tasks, accounts and videos connect to; one for each REST gateway.</summary>
    public IReadOnlyList<IPEndPoint> RestMain { get; }

    public IReadOnlyList<IPEndPoint> Grpc { get; }

    /// <summary>Does not run unless a test starts it.</summary>
    public ServerProcess OtherGateway { get; }

    /// <summary>Where the lottery's clients connect to.</summary>
    public IPEndPoint Server => Tcp[0];

    /// <summary>Where <see cref="OtherGateway"/> listens.</summary>
    public IPEndPoint OtherServer { get; } = new(IPAddress.Loopback, ServerProcess.FreePort());

    /// <summary>The folder of videos; empty where none are taken.</summary>
    public string Media => _size.Media;

    /// <summary>Null where there is no network of the servers' own.</summary>
    public NetworkPlace? PostgresPlace { get; }

    /// <summary>Of each silo; null where there is no network of the servers' own.</summary>
    public IReadOnlyList<NetworkPlace?> SiloPlaces { get; }

    /// <summary>The network that silos and Postgres are joined by; null when they share the machine's.</summary>
    public ServerNetwork? Network => _network;

    /// <summary>For questions from outside, which no fault reaches: over the server's socket.</summary>
    public string OutsideConnectionString => Postgres.ConnectionString;

    public static Task<GraneroProcesses> StartAsync(int agencies, CancellationToken cancellationToken) =>
        StartAsync(new GraneroSize(agencies), network: null, cancellationToken);

    /// <param name="size">What to start.</param>
    /// <param name="network">Taken over: disposed of with the processes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<GraneroProcesses> StartAsync(GraneroSize size, ServerNetwork? network, CancellationToken cancellationToken)
    {
        var postgresPlace = network is null ? null : await network.AddAsync("postgres");
        var places = new NetworkPlace?[size.Silos];
        for (var i = 0; i < size.Silos && network is not null; i++)
            places[i] = await network.AddAsync($"silo-{i + 1}");
        var postgres = await PostgresOwnServer.CreateAsync(postgresPlace?.Enter, network?.Subnet, cancellationToken);
        var granero = new GraneroProcesses(size, postgres, network, postgresPlace, places);
        try
        {
            await granero.StartPostgresAsync(cancellationToken);
            await StartAllAsync(granero.Silos, cancellationToken);
            await StartAllAsync(granero.Gateways, cancellationToken);
            return granero;
        }
        catch
        {
            await granero.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts them, and returns when all are ready.</summary>
    public static async Task StartAllAsync(IEnumerable<ServerProcess> processes, CancellationToken cancellationToken)
    {
        ServerProcess[] all = [.. processes];
        foreach (var process in all)
            process.Start();
        await Task.WhenAll(all.Select(process => process.BecomeReadyAsync(cancellationToken)));
    }

    public Task StartPostgresAsync(CancellationToken cancellationToken) => Postgres.StartAsync(
        $"-c max_connections={MaxConnections} -c shared_buffers=64MB -c listen_addresses={PostgresPlace?.Address}", cancellationToken);

    /// <summary>The first column of every row.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(OutsideConnectionString);
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
        foreach (var process in Gateways.Append(OtherGateway).Concat(Silos))
            await process.DisposeAsync();
        await Postgres.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
    }

    private static IEnumerable<IPEndPoint> Doors(int count) =>
        Enumerable.Range(0, count).Select(_ => new IPEndPoint(IPAddress.Loopback, ServerProcess.FreePort()));

    private ServerProcess NewSilo(string name, NetworkPlace? place)
    {
        var settings = new Dictionary<string, string>(_size.SiloSettings)
        {
            ["ConnectionStrings__granero"] = ConnectionStringOf(name, isInside: place is not null),
            ["Lottery__Agencies"] = $"{_size.Agencies}",
            ["Media__Root"] = _size.Media,
            ["Orleans__Name"] = name,
            ["Orleans__Endpoints__AdvertisedIPAddress"] = $"{place?.Address ?? IPAddress.Loopback}",
            ["Orleans__Endpoints__SiloPort"] = $"{ServerProcess.FreePort()}",
            ["Orleans__Endpoints__GatewayPort"] = $"{ServerProcess.FreePort()}",
        };
        return new("Silo", "Granero.Silo.dll", settings, place) { Name = name };
    }

    private ServerProcess NewGateway(string kind, string name, params (string Key, string Value)[] settings) =>
        new($"Gateways/{kind}", $"Granero.Gateways.{kind}.dll", settings
            .Append(("ConnectionStrings__granero", ConnectionStringOf(name, isInside: false)))
            .ToDictionary(setting => setting.Item1, setting => setting.Item2)) { Name = name };

    private string ConnectionStringOf(string name, bool isInside)
    {
        var text = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString) { Pooling = true, MaxPoolSize = PoolSize, ApplicationName = name };
        if (isInside)
            text.Host = PostgresPlace!.Address.ToString();
        return text.ConnectionString;
    }
}
