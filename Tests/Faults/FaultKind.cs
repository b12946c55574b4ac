namespace Granero.Tests.Faults;

/// <summary>What can befall the processes.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a silo; it is started again at once, as ./run and compose do.</summary>
    KillSilo,

    /// <summary>kill -9 of a gateway; likewise.</summary>
    KillGateway,

    /// <summary>kill -9 of all silos at the same moment.</summary>
    KillAllSilos,

    /// <summary>SIGTERM to a silo, and another one in its place when it has ended.</summary>
    ReplaceSilo,

    /// <summary>SIGTERM to a gateway; likewise.</summary>
    ReplaceGateway,

    /// <summary>SIGSTOP of a silo, for 20 s, and on.</summary>
    FreezeSilo,

    /// <summary>Postgres stops as by a power cut, and comes back.</summary>
    StopPostgres,

    /// <summary>SIGSTOP of all of Postgres' processes, and on: connections stay, nobody answers.</summary>
    FreezePostgres,

    /// <summary>Two silos do not reach each other; everything else does.</summary>
    CutSilos,

    /// <summary>A silo does not reach Postgres.</summary>
    CutPostgres,

    /// <summary>The disk that published files and videos lie on has no room left, and has it again. Postgres is on another one.</summary>
    FullDisk,
}
