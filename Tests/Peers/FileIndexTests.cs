using System.Net;
using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Npgsql;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>The index is the sum of what is logged in, whatever happens at once.</summary>
[Collection(PeersCollection.Name)]
public sealed class FileIndexTests(PeersCluster peers)
{
    [Fact]
    public async Task A_thousand_peers_that_come_and_go_at_once_leave_an_index_that_is_the_sum_of_who_is_there()
    {
        var prefix = peers.New("crowd");
        string[] files = [.. Enumerable.Range(0, 50).Select(i => $"{prefix}-{i}")];
        await Task.WhenAll(files.Select(peers.Holders)); // in memory from the start

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Live(new Visitor(peers, $"{prefix}-peer-{i}", i), files)));

        foreach (var (file, number) in files.Select((file, number) => (file, number)))
        {
            var expected = Enumerable.Range(0, 1000).Where(i => i % 3 != 0 && i % 50 == number)
                .Select(i => $"{prefix}-peer-{i}@{Visitor.AddressOf(i)}").Order();
            Assert.Equal(expected, (await peers.Holders(file)).Order());
        }

        await AssertNoStrays();
    }

    [Fact]
    public async Task Files_that_are_indexed_while_their_peer_logs_out_are_gone_with_it()
    {
        var (peersStore, files, address) = (peers.SiloService<PeerStore>(), peers.SiloService<SharedFileStore>(), new PeerAddress(IPAddress.Parse(peers.NewIp()), null));
        var visitor = new Visitor(peers, peers.New("peer"), address.ToString());
        var file = peers.New("file");

        for (var round = 0; round < 100; round++)
        {
            await visitor.LogIn();
            // Past the grain, which would have them wait for each other: as two activations would.
            var now = DateTimeOffset.UtcNow;
            await Task.WhenAll(
                files.Add(address, visitor.Caller, [file, $"{file}-{round}"], now, now.AddHours(1), TestContext.Current.CancellationToken),
                peersStore.LogOut(address, visitor.Caller, now, TestContext.Current.CancellationToken),
                files.Add(address, visitor.Caller, [file], now, now.AddHours(1), TestContext.Current.CancellationToken));
            await AssertNoStrays();
        }
    }

    [Fact]
    public async Task Whose_own_peer_leaves_and_comes_again_meanwhile_is_not_taken_for_a_foreigner()
    {
        var visitor = new Visitor(peers, peers.New("peer"), peers.NewIp());
        var file = peers.New("file");
        await visitor.LogIn();
        await using var crossing = new NpgsqlConnection(peers.Database.ConnectionString);
        await crossing.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await crossing.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var anew = new NpgsqlCommand(
            "with gone as (delete from logged_in_peers where peer = $1 returning *) insert into logged_in_peers select * from gone", crossing, transaction)
        {
            Parameters = { new() { Value = visitor.Name } },
        };
        Assert.Equal(1, await anew.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        var indexing = visitor.Index(file);
        await Eventually.HoldsAsync(async () => (await peers.Database.Rows(
            "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into shared_files%'")).Length > 0);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        await indexing.Soon();
        Assert.Equal([$"{visitor.Name}@{visitor.Address}"], await peers.Holders(file));
    }

    [Theory]
    [InlineData("fd00::1:7", "[fd00::1:7]")]
    [InlineData("[fd00::1:7]:50052", "[fd00::1:7]:50052")]
    [InlineData("192.0.2.77:50052", "192.0.2.77:50052")]
    public async Task The_link_to_a_file_is_a_URL(string address, string host)
    {
        using var client = peers.NewClient();
        var (name, file) = (peers.New("peer"), peers.New("file"));
        await client.LogInAsync(name, peerIp: address);
        await client.IndexAsync([file], address);

        var link = (await client.GetFilesAsync(file)).Json[0].GetProperty("download_link").GetString();

        Assert.Equal($"http://{host}/download/{name}/{file}", link);
        Assert.True(Uri.IsWellFormedUriString(link, UriKind.Absolute));
        await client.LogOutAsync(address);
    }

    [Fact]
    public async Task Logins_that_cross_each_other_leave_one_peer_at_an_address_and_one_address_to_a_peer()
    {
        var prefix = peers.New("cross");
        string[] addresses = [.. Enumerable.Range(0, 4).Select(_ => peers.NewIp())];

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            new Visitor(peers, $"{prefix}-{i % 4}", addresses[(i / 4) % 4], from: "198.51.100.77").LogIn()));

        var rows = await peers.Database.Rows($"select peer, address from logged_in_peers where peer like '{prefix}-%'");
        Assert.InRange(rows.Length, 1, 4);
        Assert.Equal(rows.Length, rows.Select(row => row.Split('|')[1]).Distinct().Count());
    }

    [Fact]
    public async Task Of_many_first_logins_at_once_one_registers_the_user()
    {
        var (logins, name, now) = (peers.SiloService<LoginStore>(), peers.New("peer"), DateTimeOffset.UtcNow);
        var address = new PeerAddress(IPAddress.Parse(peers.NewIp()), null);

        // Past the grain: as two activations would.
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => logins.LogIn(
            new(name, address, address.ToString(), IsAtAddress: true, new byte[32], PasswordHashBefore: null, $"hash {i}", now, now.AddHours(1)),
            TestContext.Current.CancellationToken)));

        Assert.Single(results, result => result.Outcome == LoginOutcome.LoggedIn);
        Assert.Equal(7, results.Count(result => result.Outcome == LoginOutcome.PasswordChanged));
    }

    [Fact]
    public async Task A_login_that_is_sent_again_is_the_same_login()
    {
        var visitor = new Visitor(peers, peers.New("peer"), peers.NewIp());
        var file = peers.New("file");
        await visitor.LogIn();
        await visitor.Index(file);

        await visitor.LogIn();
        await visitor.Index(file);

        Assert.Equal([$"{visitor.Name}@{visitor.Address}"], await peers.Holders(file));
        Assert.Equal(["1"], await peers.Database.Rows($"select count(*) from shared_files where file_name = '{file}'"));
    }

    [Fact]
    public async Task A_peer_tells_where_its_file_is_and_what_it_does_not_have()
    {
        var visitor = new Visitor(peers, peers.New("peer"), $"{peers.NewIp()}:50052");
        var file = peers.New("file");
        await visitor.LogIn();
        await visitor.Index(file);

        Assert.Equal(visitor.Address, await visitor.Peer.LocateFile(file));
        Assert.Equal(ErrorCode.FileNotIndexed, (await Assert.ThrowsAsync<GraneroException>(() => visitor.Peer.LocateFile("other"))).Code);
        var nobody = peers.Grains.GetGrain<IPeerGrain>(peers.New("nobody"));
        Assert.Equal(ErrorCode.PeerNotLoggedIn, (await Assert.ThrowsAsync<GraneroException>(() => nobody.LocateFile(file))).Code);
    }

    private static async Task Live(Visitor visitor, string[] files)
    {
        var file = files[visitor.Number % files.Length];
        await visitor.LogIn();
        await visitor.Index(file, files[(visitor.Number + 1) % files.Length]);
        await visitor.LogOut();
        if (visitor.Number % 3 == 0)
            return;
        await visitor.LogIn();
        await visitor.Index(file);
    }

    /// <summary>No file is shared by somebody who is not there.</summary>
    private async Task AssertNoStrays() => Assert.Empty(await peers.Database.Rows(
        "select file_name, peer from shared_files s where not exists (select from logged_in_peers p where p.peer = s.peer)"));
}
