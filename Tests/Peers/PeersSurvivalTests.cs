using System.Net;
using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>What is left after restarts and deaths of silos.</summary>
public sealed class PeersSurvivalTests
{
    [Fact]
    public async Task Peers_files_and_passwords_survive_a_restart()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var before = await SiloCluster.DeployAsync(database, silos: 1, PeersCluster.FastPasswords))
        {
            var visitor = new Visitor(before.Client, "ana", "10.0.0.1");
            await visitor.LogIn("right");
            await visitor.Index("a.txt");
        }

        await using var after = await SiloCluster.DeployAsync(database, silos: 1, PeersCluster.FastPasswords);

        var again = new Visitor(after.Client, "ana", "10.0.0.1");
        Assert.Equal(["ana@10.0.0.1"], await Holders(after, "a.txt"));
        await again.Index("b.txt");
        Assert.Equal(["ana@10.0.0.1"], await Holders(after, "b.txt"));
        var refusal = await Assert.ThrowsAsync<GraneroException>(() => again.LogIn("wrong"));
        Assert.Equal(ErrorCode.WrongPassword, refusal.Code);
        await again.LogIn("right");
    }

    [Fact]
    public async Task Indexing_goes_on_when_a_silo_is_killed_and_each_call_is_wholly_done()
    {
        const int Peers = 8, Calls = 20, Files = 50;
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 2, PeersCluster.FastPasswords);
        await using var gateway = await PeersGateway.StartAsync(cluster.Client, ("Proxies:Trusted:0", "127.0.0.1"));
        var clients = Enumerable.Range(0, Peers).Select(i => new PeersClient(gateway.Address, $"10.0.0.{i}")).ToArray();
        await Task.WhenAll(clients.Select((client, i) => client.LogInAsync($"peer-{i}")));
        var halfway = new CountdownEvent(Peers * Calls / 2);

        var indexing = Task.WhenAll(clients.Select(async (client, i) =>
        {
            for (var call = 0; call < Calls; call++)
            {
                var reply = await client.IndexAsync([.. Enumerable.Range(0, Files).Select(file => $"{i}-{call}-{file}")]);
                Assert.Equal(HttpStatusCode.OK, reply.Status);
                Assert.Equal([$"peer-{i}@{client.Ip}"], await client.HoldersAsync($"{i}-{call}-0"));
                if (!halfway.IsSet)
                    halfway.Signal();
            }
        }));
        await Task.Run(halfway.Wait, TestContext.Current.CancellationToken);
        await cluster.KillSiloAsync(cluster.Silos[1]);
        await indexing;

        Assert.Equal(
            clients.Select((_, i) => $"peer-{i}|{Calls * Files}"),
            await database.Rows("select peer, count(*) from shared_files group by peer order by peer"));
    }

    [Fact]
    public async Task A_change_that_nobody_told_of_is_noticed_when_the_answer_is_too_old()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, PeersCluster.FastPasswords, ("Peers:IndexMaxAge", "00:00:00.001"));
        var visitor = new Visitor(cluster.Client, "ana", "10.0.0.1");
        await visitor.LogIn();
        await visitor.Index("a.txt");
        Assert.NotEmpty(await Holders(cluster, "a.txt"));

        // As if a silo had committed this, and had died before it told anybody.
        await database.Execute("delete from shared_files; delete from logged_in_peers");

        Assert.Empty(await Holders(cluster, "a.txt"));
    }

    [Fact]
    public async Task A_change_whose_silo_died_before_it_told_anybody_is_noticed_when_its_death_is()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 2, PeersCluster.FastPasswords, ("Peers:IndexMaxAge", "01:00:00"));
        var visitor = new Visitor(cluster.Client, "ana", "10.0.0.1");
        string[] files = [.. Enumerable.Range(0, 40).Select(i => $"{i}.txt")]; // some of their slices are on either silo
        await visitor.LogIn();
        await visitor.Index(files);
        foreach (var file in files)
            Assert.NotEmpty(await Holders(cluster, file));

        await database.Execute("delete from shared_files");
        await cluster.KillSiloAsync(cluster.Silos[1]);

        await Task.WhenAll(files.Select(file => Eventually.HoldsAsync(async () => (await Holders(cluster, file)).Length == 0)));
    }

    [Fact]
    public async Task Until_it_is_told_a_silo_answers_from_memory()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, PeersCluster.FastPasswords, ("Peers:IndexMaxAge", "01:00:00"));
        var visitor = new Visitor(cluster.Client, "ana", "10.0.0.1");
        await visitor.LogIn();
        await visitor.Index("a.txt");
        Assert.NotEmpty(await Holders(cluster, "a.txt"));

        await database.Execute("delete from shared_files");
        Assert.NotEmpty(await Holders(cluster, "a.txt"));

        await cluster.Client.GetSharedFiles("a.txt").Invalidate(["a.txt"]);
        Assert.Empty(await Holders(cluster, "a.txt"));
    }

    [Fact]
    public async Task A_user_whose_hash_has_become_too_weak_gets_a_stronger_one_at_the_next_login()
    {
        const string Hash = "select password_hash from peers";
        await using var database = await TestDatabase.CreateAsync();
        await using (var before = await SiloCluster.DeployAsync(database, silos: 1, ("Peers:PasswordIterations", "1000")))
            await new Visitor(before.Client, "ana", "10.0.0.1").LogIn();
        var weak = await database.Rows(Hash);

        await using var after = await SiloCluster.DeployAsync(database, silos: 1, ("Peers:PasswordIterations", "2000"));
        var visitor = new Visitor(after.Client, "ana", "10.0.0.1");
        await visitor.LogIn();
        var strong = await database.Rows(Hash);
        await visitor.LogIn();

        Assert.NotEqual(weak, strong);
        Assert.Equal(strong, await database.Rows(Hash));
    }

    private static async Task<string[]> Holders(InProcessTestCluster cluster, string file) =>
        [.. (await cluster.Client.GetSharedFiles(file).FindHolders(file)).Select(holder => $"{holder.PeerName}@{holder.Address}")];
}
