using System.Net;
using Granero.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>The statements of clustering, through the provider of Orleans that reads them; each test is a cluster of its own.</summary>
public sealed class MembershipTableTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTime Noon = new(2031, 5, 6, 12, 0, 0, DateTimeKind.Utc);

    private readonly string _cluster = Guid.NewGuid().ToString();

    [Fact]
    public async Task A_new_cluster_has_a_version_and_no_silos()
    {
        var table = await OpenAsync();

        var all = await table.ReadAll();

        Assert.Empty(all.Members);
        Assert.Equal(0, all.Version.Version);
    }

    [Fact]
    public async Task Silos_that_set_up_one_cluster_at_once_do_not_mind_each_other()
    {
        var tables = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(OpenAsync)));

        Assert.Equal(0, (await tables[0].ReadAll()).Version.Version);
    }

    [Fact]
    public async Task A_silo_is_read_back_as_it_was_inserted()
    {
        var table = await OpenAsync();
        var silo = NewSilo(11111);

        Assert.True(await table.InsertRow(silo, await NextVersionAsync(table)));

        var all = await table.ReadAll();
        Assert.Equal(1, all.Version.Version);
        AssertSame(silo, Assert.Single(all.Members).Item1);
        AssertSame(silo, Assert.Single((await table.ReadRow(silo.SiloAddress)).Members).Item1);
    }

    [Fact]
    public async Task A_silo_that_nobody_knows_is_read_as_the_version_alone()
    {
        var table = await OpenAsync();
        await table.InsertRow(NewSilo(11111), await NextVersionAsync(table));

        var none = await table.ReadRow(NewSilo(22222).SiloAddress);

        Assert.Empty(none.Members);
        Assert.Equal(1, none.Version.Version);
    }

    [Fact]
    public async Task Inserting_with_a_stale_version_or_a_known_silo_changes_nothing()
    {
        var table = await OpenAsync();
        var stale = await NextVersionAsync(table);
        var silo = NewSilo(11111);
        await table.InsertRow(silo, stale);

        Assert.False(await table.InsertRow(NewSilo(22222), stale));
        Assert.False(await table.InsertRow(silo, await NextVersionAsync(table)));

        var all = await table.ReadAll();
        Assert.Equal(1, all.Version.Version);
        AssertSame(silo, Assert.Single(all.Members).Item1);
    }

    [Fact]
    public async Task Of_silos_that_join_at_one_version_exactly_one_does()
    {
        var table = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var version = await NextVersionAsync(table);
            var silos = Enumerable.Range(1, 8).Select(i => NewSilo((round * 8) + i));
            var joined = await Task.WhenAll(silos.Select(silo => Task.Run(() => table.InsertRow(silo, version))));
            Assert.Single(joined, won => won);
        }

        var all = await table.ReadAll();
        Assert.Equal((20, 20), (all.Members.Count, all.Version.Version));
    }

    [Fact]
    public async Task An_update_changes_status_suspicions_and_signs_of_life()
    {
        var table = await OpenAsync();
        var silo = NewSilo(11111);
        await table.InsertRow(silo, await NextVersionAsync(table));

        silo.Status = SiloStatus.Dead;
        silo.SuspectTimes = [Tuple.Create(NewSilo(22222).SiloAddress, Noon), Tuple.Create(NewSilo(33333).SiloAddress, Noon.AddSeconds(1))];
        silo.IAmAliveTime = Noon.AddMinutes(1);
        Assert.True(await table.UpdateRow(silo, "", await NextVersionAsync(table)));

        var all = await table.ReadAll();
        Assert.Equal(2, all.Version.Version);
        AssertSame(silo, Assert.Single(all.Members).Item1);
    }

    [Fact]
    public async Task Updating_with_a_stale_version_or_an_unknown_silo_changes_nothing()
    {
        var table = await OpenAsync();
        var stale = await NextVersionAsync(table);
        var silo = NewSilo(11111);
        await table.InsertRow(silo, stale);

        var changed = NewSilo(11111);
        changed.Status = SiloStatus.Dead;
        Assert.False(await table.UpdateRow(changed, "", stale));
        Assert.False(await table.UpdateRow(NewSilo(22222), "", await NextVersionAsync(table)));

        var all = await table.ReadAll();
        Assert.Equal(1, all.Version.Version);
        AssertSame(silo, Assert.Single(all.Members).Item1);
    }

    [Fact]
    public async Task A_sign_of_life_leaves_the_version_alone()
    {
        var table = await OpenAsync();
        var silo = NewSilo(11111);
        await table.InsertRow(silo, await NextVersionAsync(table));

        silo.IAmAliveTime = Noon.AddHours(1);
        await table.UpdateIAmAlive(silo);

        var all = await table.ReadAll();
        Assert.Equal(1, all.Version.Version);
        AssertSame(silo, Assert.Single(all.Members).Item1);
    }

    [Fact]
    public async Task A_cleanup_removes_old_silos_that_are_not_active()
    {
        var table = await OpenAsync();
        await InsertAsync(table, 1, SiloStatus.Active, Noon);
        await InsertAsync(table, 2, SiloStatus.Dead, Noon);
        await InsertAsync(table, 3, SiloStatus.Joining, Noon);
        await InsertAsync(table, 4, SiloStatus.Dead, Noon.AddHours(2));
        await InsertAsync(table, 5, SiloStatus.Dead, Noon.AddHours(1));

        await table.CleanupDefunctSiloEntries(Noon.AddHours(1));

        Assert.Equal([1, 4, 5], (await table.ReadAll()).Members.Select(member => member.Item1.SiloAddress.Endpoint.Port).Order());
    }

    [Fact]
    public async Task A_cluster_that_is_deleted_takes_no_other_with_it()
    {
        var table = await OpenAsync();
        await InsertAsync(table, 1, SiloStatus.Active, Noon);
        var other = await OpenAsync($"{_cluster} too");
        await InsertAsync(other, 2, SiloStatus.Active, Noon);

        await table.DeleteMembershipTableEntries(_cluster);
        await table.InitializeMembershipTable(true);

        Assert.Empty((await table.ReadAll()).Members);
        Assert.Single((await other.ReadAll()).Members);
    }

    private Task<AdoNetClusteringTable> OpenAsync() => OpenAsync(_cluster);

    private async Task<AdoNetClusteringTable> OpenAsync(string cluster)
    {
        var table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = cluster }),
            Options.Create(new AdoNetClusteringSiloOptions { Invariant = "Npgsql", ConnectionString = postgres.ConnectionString }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTable(true);
        return table;
    }

    private static async Task<TableVersion> NextVersionAsync(AdoNetClusteringTable table) => (await table.ReadAll()).Version.Next();

    private static async Task InsertAsync(AdoNetClusteringTable table, int port, SiloStatus status, DateTime alive)
    {
        var silo = NewSilo(port);
        silo.Status = status;
        silo.IAmAliveTime = alive;
        Assert.True(await table.InsertRow(silo, await NextVersionAsync(table)));
    }

    private static MembershipEntry NewSilo(int port) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, port, 7),
        SiloName = $"silo-{port}",
        HostName = "barn",
        Status = SiloStatus.Active,
        ProxyPort = port + 1,
        StartTime = Noon,
        IAmAliveTime = Noon,
    };

    private static void AssertSame(MembershipEntry expected, MembershipEntry actual)
    {
        Assert.Equal(
            (expected.SiloAddress, expected.SiloName, expected.HostName, expected.Status, expected.ProxyPort, expected.StartTime, expected.IAmAliveTime),
            (actual.SiloAddress, actual.SiloName, actual.HostName, actual.Status, actual.ProxyPort, actual.StartTime, actual.IAmAliveTime));
        Assert.Equal(expected.SuspectTimes ?? [], actual.SuspectTimes ?? []);
    }
}
