using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Npgsql;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>What the slices of the index keep in memory, and what they are told.</summary>
public sealed class SharedFilesMemoryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reading_a_file_that_many_have_takes_memory_for_each_of_them_once()
    {
        const int Peers = 20_000;
        await using var database = await TestDatabase.CreateAsync();
        await database.Execute($"""
            insert into peers select 'p' || i, '', now() from generate_series(1, {Peers}) i;
            insert into logged_in_peers select 'p' || i, 'a' || i, 'a' || i, decode(repeat('00', 32), 'hex'), now(), now() + interval '1 hour' from generate_series(1, {Peers}) i;
            insert into shared_files (slice, file_name, peer) select 7, 'popular', 'p' || i from generate_series(1, {Peers}) i;
            """);
        await using var postgres = NpgsqlDataSource.Create(database.ConnectionString);
        var store = new SharedFileStore(postgres);

        var before = GC.GetTotalAllocatedBytes();
        await store.ReadFiles(7, ["popular"], DateTimeOffset.UtcNow, Cancelled);

        // Some MB, and what tests that run at the same time take; a copy for each of the peers would be 1600 MB.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 800_000_000);
    }

    [Fact]
    public async Task A_slice_that_was_told_of_very_many_names_and_asked_for_none_is_read_whole_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, PeersCluster.FastPasswords, ("Peers:IndexMaxAge", "01:00:00"));
        await ShareAsync(cluster.Client, "a.txt");
        var slice = cluster.Client.GetSharedFiles("a.txt");
        Assert.NotEmpty(await slice.FindHolders("a.txt", Cancelled));
        await database.Execute("delete from shared_files");

        await slice.Invalidate([.. Enumerable.Range(0, 10_001).Select(i => $"other {i}")], Cancelled);

        Assert.Empty(await slice.FindHolders("a.txt", Cancelled));
    }

    [Theory]
    [InlineData("logout")]
    [InlineData("login elsewhere")]
    [InlineData("sweep")]
    public async Task A_change_that_could_not_be_told_is_told_before_the_call_that_made_it_succeeds(string change)
    {
        var news = new BadNews();
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(
            database, silo => silo.AddOutgoingGrainCallFilter(news), PeersCluster.FastPasswords, ("Peers:IndexMaxAge", "01:00:00"));
        var visitor = await ShareAsync(cluster.Client, "a.txt");
        var slice = cluster.Client.GetSharedFiles("a.txt");
        Assert.NotEmpty(await slice.FindHolders("a.txt", Cancelled));
        news.AreLost = true;

        await Assert.ThrowsAsync<TimeoutException>(ChangeAsync);
        await Assert.ThrowsAsync<TimeoutException>(ChangeAsync);
        news.AreLost = false;
        await ChangeAsync();

        Assert.DoesNotContain(await slice.FindHolders("a.txt", Cancelled), holder => holder.Address == visitor.Address);

        async Task ChangeAsync()
        {
            if (change == "logout")
            {
                await visitor.LogOut();
            }
            else if (change == "sweep")
            {
                await database.Execute("update logged_in_peers set lease_ends_at = now() - interval '1 second'");
                await cluster.Client.GetGrain<IPeerLeasesGrain>(0).Sweep(Cancelled);
            }
            else
            {
                await new Visitor(cluster.Client, visitor.Name, "10.0.0.2").LogIn();
            }
        }
    }

    private static async Task<Visitor> ShareAsync(IGrainFactory grains, string file)
    {
        var visitor = new Visitor(grains, "ana", "10.0.0.1");
        await visitor.LogIn();
        await visitor.Index(file);
        return visitor;
    }

    private sealed class BadNews : IOutgoingGrainCallFilter
    {
        public bool AreLost { get; set; }

        public Task Invoke(IOutgoingGrainCallContext context) =>
            AreLost && context.InterfaceMethod.DeclaringType == typeof(ISharedFilesGrain) ? throw new TimeoutException() : context.Invoke();
    }
}
