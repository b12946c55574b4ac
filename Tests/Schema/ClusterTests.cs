using System.Net;
using Granero.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>Silos that find each other, and miss each other, by way of the database alone.</summary>
public sealed class ClusterTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly TestClusterPortAllocator _ports = new();
    private readonly string _cluster = Guid.NewGuid().ToString();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _ports.Dispose();

    [Fact]
    public async Task Two_silos_join_serve_a_client_and_declare_a_killed_third_dead()
    {
        await using var first = await StartAsync(NewEndpoint());
        await using var second = await StartAsync(NewEndpoint());
        await SeesAsync(first, second.Address, SiloStatus.Active);
        await SeesAsync(second, first.Address, SiloStatus.Active);

        using var client = await TestSilo.StartClientAsync(postgres.Value, _cluster, Cancellation);
        await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IStockGrain>(1).Fill(3);
        Assert.Equal(3, await second.Grains.GetGrain<IStockGrain>(1).Weigh());
        await client.StopAsync(Cancellation);

        var killed = await LeaveKilledSiloAsync(first, NewEndpoint());
        await SeesAsync(first, killed, SiloStatus.Dead);
        await SeesAsync(second, killed, SiloStatus.Dead);
        var row = Assert.Single((await Table(first).ReadRow(killed)).Members).Item1;
        Assert.Equal(SiloStatus.Dead, row.Status);
        Assert.NotEmpty(row.SuspectTimes);
    }

    [Fact]
    public async Task A_silo_that_was_killed_starts_again_at_its_address()
    {
        var endpoint = NewEndpoint();
        SiloAddress killed;
        await using (var other = await StartAsync(NewEndpoint())) killed = await LeaveKilledSiloAsync(other, endpoint);

        await using var again = await StartAsync(endpoint);

        Assert.Equal(killed.Endpoint, again.Address.Endpoint);
        await SeesAsync(again, killed, SiloStatus.Dead);
        await SeesAsync(again, again.Address, SiloStatus.Active);
    }

    [Fact]
    public async Task A_silo_that_stops_says_so()
    {
        await using var first = await StartAsync(NewEndpoint());
        var second = await StartAsync(NewEndpoint());
        var address = second.Address;
        await second.DisposeAsync();

        await SeesAsync(first, address, SiloStatus.Dead);
    }

    private Task<TestSilo> StartAsync((int Silo, int Gateway) endpoint) => TestSilo.StartAsync(postgres.Value, _cluster, endpoint, Cancellation);

    private (int Silo, int Gateway) NewEndpoint() => _ports.AllocateConsecutivePortPairs(1);

    /// <summary>What kill -9 leaves behind: a row that says active and was alive a moment ago, and nobody at the address.</summary>
    private static async Task<SiloAddress> LeaveKilledSiloAsync(TestSilo witness, (int Silo, int Gateway) endpoint)
    {
        var now = DateTime.UtcNow;
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(IPAddress.Loopback, endpoint.Silo, 1),
            SiloName = "killed",
            HostName = "barn",
            Status = SiloStatus.Active,
            ProxyPort = endpoint.Gateway,
            StartTime = now,
            IAmAliveTime = now,
        };

        // The silos write to the table as well: on a lost race, try with the version that won.
        while (!await Table(witness).InsertRow(entry, (await Table(witness).ReadAll()).Version.Next())) Cancellation.ThrowIfCancellationRequested();
        return entry.SiloAddress;
    }

    private static IMembershipTable Table(TestSilo silo) => silo.Services.GetRequiredService<IMembershipTable>();

    /// <summary>Waits until the silo has learnt of the other's status.</summary>
    private static async Task SeesAsync(TestSilo silo, SiloAddress other, SiloStatus status)
    {
        var membership = silo.Services.GetRequiredService<IClusterMembershipService>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(limit.Token))
        {
            if (snapshot.GetSiloStatus(other) == status) return;
        }
    }
}
