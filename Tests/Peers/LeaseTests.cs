using System.Net;
using Granero.Gateways.Hosting.Peers;
using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>Who does not call for as long as a lease lasts is not there any more, and who calls is.</summary>
[Collection(PeersCollection.Name)]
public sealed class LeaseTests(PeersCluster peers)
{
    [Fact]
    public async Task A_peer_whose_lease_ran_out_is_gone_with_its_files_once_the_sweep_comes()
    {
        var visitor = new Visitor(peers, peers.New("peer"), peers.NewIp());
        var file = peers.New("file");
        await visitor.LogIn();
        await visitor.Index(file);
        await EndLease(visitor);

        var sweeper = peers.Grains.GetGrain<IPeerLeasesGrain>(0);
        await peers.Grains.GetGrain<IRemindable>(sweeper.GetGrainId()).ReceiveReminder("sweep", default);

        Assert.Empty(await peers.Holders(file));
        Assert.Empty(await peers.Database.Rows($"select peer from logged_in_peers where peer = '{visitor.Name}'"));
        Assert.Equal(["sweep"], await peers.Database.Rows(
            $"select remindername from orleansreminderstable where grainid = '{sweeper.GetGrainId()}'"));
        Assert.Empty(await peers.Database.Rows($"select file_name from shared_files where peer = '{visitor.Name}'"));
    }

    [Fact]
    public async Task Before_the_sweep_comes_a_peer_whose_lease_ran_out_is_passed_over_already()
    {
        var visitor = new Visitor(peers, peers.New("peer"), peers.NewIp());
        var file = peers.New("file");
        await visitor.LogIn();
        await visitor.Index(file);
        await EndLease(visitor, lasting: "0.5 seconds");
        await peers.Holders(file); // in memory from now on, and of use until then

        await Eventually.HoldsAsync(async () => (await peers.Holders(file)).Length == 0);

        Assert.Equal(ErrorCode.AddressNotLoggedIn, (await Assert.ThrowsAsync<GraneroException>(() => visitor.Index(file))).Code);
        Assert.Equal(ErrorCode.PeerNotLoggedIn, (await Assert.ThrowsAsync<GraneroException>(() => visitor.Peer.LocateFile(file))).Code);
        await visitor.LogIn(); // and its files are not those of the time before
        await visitor.Index();
        Assert.Empty(await peers.Holders(file));
    }

    [Fact]
    public async Task A_peer_that_renews_its_lease_stays_when_the_old_one_would_have_run_out()
    {
        var visitor = new Visitor(peers, peers.New("peer"), peers.NewIp());
        var (file, other) = (peers.New("file"), new Visitor(peers, peers.New("peer"), peers.NewIp()));
        foreach (var peer in (Visitor[])[visitor, other])
        {
            await peer.LogIn();
            await peer.Index(file);
            await EndLease(peer, lasting: "0.5 seconds");
        }

        await peers.Holders(file);
        await EndLease(visitor, lasting: "1 hour");

        await Eventually.HoldsAsync(async () => (await peers.Holders(file)).Length == 1);

        Assert.Equal([$"{visitor.Name}@{visitor.Address}"], await peers.Holders(file));
    }

    [Fact]
    public async Task A_lease_is_renewed_by_indexing_and_by_asking_for_files()
    {
        await using var gateway = await PeersGateway.StartAsync(peers.Grains, new ManualTime(), ("Proxies:Trusted:0", "127.0.0.1")); // renews when it is told to
        using var client = new PeersClient(gateway.Address, peers.NewIp());
        var (name, file) = (peers.New("peer"), peers.New("file"));
        var token = (await client.LogInAsync(name)).Json.GetProperty("token").GetString();
        using var roaming = new PeersClient(gateway.Address, "203.0.113.50", token);
        var renewal = gateway.Service<LeaseRenewal>();

        await AssertRenewed(name, () => client.IndexAsync([file]));
        await AssertRenewed(name, () => client.GetFilesAsync(file), renewal);
        await AssertRenewed(name, () => roaming.GetFilesAsync(file), renewal);
    }

    [Fact]
    public async Task A_lease_that_has_hardly_begun_is_not_written_again()
    {
        var visitor = new Visitor(peers, peers.New("peer"), peers.NewIp());
        await visitor.LogIn();
        var lease = $"select lease_ends_at > now() + interval '23 hours 55 minutes' from logged_in_peers where peer = '{visitor.Name}'";

        await EndLease(visitor, lasting: "23 hours");
        await peers.Grains.GetGrain<IPeerLeasesGrain>(0).Renew([visitor.Caller.Ip], []);
        Assert.Equal(["False"], await peers.Database.Rows(lease));

        await EndLease(visitor, lasting: "22 hours");
        await peers.Grains.GetGrain<IPeerLeasesGrain>(0).Renew([visitor.Caller.Ip], []);
        Assert.Equal(["True"], await peers.Database.Rows(lease));
    }

    [Fact]
    public async Task Nobody_who_is_noted_while_leases_are_renewed_is_forgotten()
    {
        const int Callers = 200_000;
        var renewed = new HashSet<string>();
        using var renewal = new LeaseRenewal(InterceptedGrains.Of(Renew), new ManualTime(), NullLogger<LeaseRenewal>.Instance);

        var noting = Task.Run(() => Parallel.For(0, Callers, i => renewal.Note(new IPAddress(i + 1L), token: null)), TestContext.Current.CancellationToken);
        while (!noting.IsCompleted)
            await renewal.RenewAsync(TestContext.Current.CancellationToken);
        await renewal.RenewAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Callers, renewed.Count);

        object? Renew(string method, object?[] arguments)
        {
            renewed.UnionWith((string[])arguments[0]!);
            return Task.CompletedTask;
        }
    }

    private Task EndLease(Visitor visitor, string lasting = "-1 second") =>
        peers.Database.Execute($"update logged_in_peers set lease_ends_at = now() + interval '{lasting}' where peer = '{visitor.Name}'");

    private async Task AssertRenewed(string name, Func<Task> call, LeaseRenewal? renewal = null)
    {
        await peers.Database.Execute($"update logged_in_peers set lease_ends_at = now() + interval '1 minute' where peer = '{name}'");
        await call();
        if (renewal is not null)
            await renewal.RenewAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["True"], await peers.Database.Rows(
            $"select lease_ends_at > now() + interval '23 hours' from logged_in_peers where peer = '{name}'"));
    }
}
