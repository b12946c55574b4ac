using Granero.Tests.Support;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>One silo on a database of its own, for the tests of storage and reminders.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly TestClusterPortAllocator _ports = new();
    private TestSilo? _silo;

    internal TestSilo Silo => _silo ?? throw PostgresServer.Missing();

    internal PostgresDatabase Database => _postgres.Value;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        if (PostgresServer.IsGiven) _silo = await TestSilo.StartAsync(_postgres.Value, "storage", _ports.AllocateConsecutivePortPairs(1), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        _ports.Dispose();
        await _postgres.DisposeAsync();
    }
}

[CollectionDefinition(nameof(SiloFixture))]
public sealed class SiloTests : ICollectionFixture<SiloFixture>;
