namespace Granero.Cluster;

/// <param name="At">When this was read.</param>
/// <param name="Silos">Those that are members, and those that ended within the last ten minutes.</param>
/// <param name="Grains">Activations by kind of grain, the most numerous first.</param>
/// <param name="Database">What Postgres says.</param>
[GenerateSerializer, Immutable, Alias("granero.cluster.ClusterBoard")]
public sealed record ClusterBoard(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] SiloLine[] Silos, [property: Id(2)] GrainLine[] Grains, [property: Id(3)] DatabaseLine Database);

/// <param name="Name">The name of its configuration, such as silo-1.</param>
/// <param name="Address">Address and port for other silos.</param>
/// <param name="State">Orleans' word: Joining, Active, ShuttingDown, Stopping, Dead.</param>
/// <param name="StartedAt">When its process started.</param>
/// <param name="Activations">Grains in its memory; null if it could not be asked.</param>
/// <param name="Clients">Gateways that are connected to it; null if it could not be asked.</param>
/// <param name="Cpu">Of all processors of its machine, 0 to 100; null if it is not known.</param>
/// <param name="MemoryBytes">What its process uses; null if it is not known.</param>
/// <param name="IsOverloaded">Whether it turns calls away.</param>
[GenerateSerializer, Immutable, Alias("granero.cluster.SiloLine")]
public sealed record SiloLine(
    [property: Id(0)] string Name, [property: Id(1)] string Address, [property: Id(2)] string State, [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] long? Activations, [property: Id(5)] long? Clients, [property: Id(6)] double? Cpu, [property: Id(7)] long? MemoryBytes,
    [property: Id(8)] bool IsOverloaded);

/// <param name="Kind">The class.</param>
/// <param name="Activations">On all silos.</param>
[GenerateSerializer, Immutable, Alias("granero.cluster.GrainLine")]
public sealed record GrainLine([property: Id(0)] string Kind, [property: Id(1)] long Activations);

/// <param name="Version">Of the server.</param>
/// <param name="Bytes">What Granero's database takes.</param>
/// <param name="Connections">To Granero's database, by all processes.</param>
/// <param name="MaxConnections">Of the server.</param>
/// <param name="Commits">Transactions since the server's statistics began.</param>
[GenerateSerializer, Immutable, Alias("granero.cluster.DatabaseLine")]
public sealed record DatabaseLine(
    [property: Id(0)] string Version, [property: Id(1)] long Bytes, [property: Id(2)] int Connections, [property: Id(3)] int MaxConnections,
    [property: Id(4)] long Commits);
