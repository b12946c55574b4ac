using System.Net;
using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>Passwords, tokens, and whose word counts for an address.</summary>
[Collection(PeersCollection.Name)]
public sealed class WhoMayActTests(PeersCluster peers)
{
    [Fact]
    public async Task A_foreigner_can_neither_index_nor_log_out()
    {
        using var client = peers.NewClient();
        using var foreigner = peers.NewClient();
        var (name, file, other) = (peers.New("peer"), peers.New("file"), peers.New("file"));
        await client.LogInAsync(name);
        await client.IndexAsync([file]);

        var index = await foreigner.IndexAsync([other], client.Ip);
        var logout = await foreigner.LogOutAsync(client.Ip);

        Assert.Equal(HttpStatusCode.Forbidden, index.Status);
        Assert.Equal(HttpStatusCode.Forbidden, logout.Status);
        Assert.NotEmpty(logout.Json.GetProperty("error").GetString()!);
        Assert.Equal([$"{name}@{client.Ip}"], await client.HoldersAsync(file));
        Assert.Empty(await client.HoldersAsync(other));
    }

    [Fact]
    public async Task A_bearer_of_the_token_may_act_from_anywhere()
    {
        using var client = peers.NewClient();
        var (name, file) = (peers.New("peer"), peers.New("file"));
        var token = (await client.LogInAsync(name)).Json.GetProperty("token").GetString();
        using var roaming = peers.ClientAt("203.0.113.9", token);
        using var guessing = peers.ClientAt("203.0.113.9", token + "x");

        Assert.Equal(HttpStatusCode.Forbidden, (await guessing.IndexAsync([file], client.Ip)).Status);
        Assert.Equal(HttpStatusCode.OK, (await roaming.IndexAsync([file], client.Ip)).Status);
        Assert.Equal([$"{name}@{client.Ip}"], await client.HoldersAsync(file));
        Assert.Equal(HttpStatusCode.OK, (await roaming.LogOutAsync(client.Ip)).Status);
        Assert.Empty(await client.HoldersAsync(file));
    }

    [Fact]
    public async Task A_new_login_makes_the_old_token_worthless()
    {
        using var client = peers.NewClient();
        var name = peers.New("peer");
        var token = (await client.LogInAsync(name)).Json.GetProperty("token").GetString();
        await client.LogInAsync(name);
        using var roaming = peers.ClientAt("203.0.113.9", token);

        Assert.Equal(HttpStatusCode.Forbidden, (await roaming.LogOutAsync(client.Ip)).Status);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_changes_nothing()
    {
        using var client = peers.NewClient();
        using var other = peers.NewClient();
        var (name, file) = (peers.New("peer"), peers.New("file"));
        await client.LogInAsync(name, "right");
        await client.IndexAsync([file]);

        var reply = await other.LogInAsync(name, "wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.NotEmpty(reply.Json.GetProperty("error").GetString()!);
        Assert.Equal([$"{name}@{client.Ip}"], await client.HoldersAsync(file));
    }

    [Fact]
    public async Task Failed_logins_are_slowed_down_where_they_come_from_and_not_for_the_user_elsewhere()
    {
        using var client = peers.NewClient();
        using var guessing = peers.NewClient();
        var name = peers.New("peer");
        await client.LogInAsync(name, "right");

        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await guessing.LogInAsync(name, $"guess {i}")).Status);
        var slowed = await guessing.LogInAsync(name, "right");

        Assert.Equal(HttpStatusCode.TooManyRequests, slowed.Status);
        Assert.InRange(slowed.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await client.LogInAsync(name, "right")).Status);
    }

    [Fact]
    public async Task A_login_elsewhere_moves_the_peer_and_its_files()
    {
        using var home = peers.NewClient();
        using var away = peers.NewClient();
        var (name, file) = (peers.New("peer"), peers.New("file"));
        await home.LogInAsync(name);
        await home.IndexAsync([file]);
        await home.HoldersAsync(file);

        await away.LogInAsync(name);

        Assert.Equal([$"{name}@{away.Ip}"], await away.HoldersAsync(file));
        Assert.Equal(HttpStatusCode.NotFound, (await home.IndexAsync([file])).Status);
        Assert.Equal(HttpStatusCode.OK, (await home.LogOutAsync()).Status);
        Assert.Equal([$"{name}@{away.Ip}"], await away.HoldersAsync(file));
    }

    [Fact]
    public async Task Who_shares_the_address_takes_it_over_and_a_foreigner_does_not()
    {
        using var client = peers.NewClient();
        using var foreigner = peers.NewClient();
        var (first, second, third, file) = (peers.New("peer"), peers.New("peer"), peers.New("peer"), peers.New("file"));
        await client.LogInAsync(first);
        await client.IndexAsync([file]);

        Assert.Equal(HttpStatusCode.Forbidden, (await foreigner.LogInAsync(third, peerIp: client.Ip)).Status);
        Assert.Equal([$"{first}@{client.Ip}"], await client.HoldersAsync(file));
        Assert.Empty(await peers.Database.Rows($"select peer from peers where peer = '{third}'"));

        Assert.Equal(HttpStatusCode.OK, (await client.LogInAsync(second)).Status);
        Assert.Empty(await client.HoldersAsync(file));
        Assert.Equal([second], await PeersAt(client.Ip));
    }

    [Theory]
    [InlineData("", ":50051")]
    [InlineData(":50051", "")]
    public async Task An_address_with_the_default_port_and_one_without_are_the_same(string port, string otherPort)
    {
        using var client = peers.NewClient();
        using var foreigner = peers.NewClient();
        var (name, file, other) = (peers.New("peer"), peers.New("file"), peers.New("file"));
        await client.LogInAsync(name, peerIp: client.Ip + port);

        Assert.Equal(HttpStatusCode.Forbidden, (await foreigner.LogInAsync(peers.New("peer"), peerIp: client.Ip + otherPort)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.IndexAsync([file], client.Ip + otherPort)).Status);
        Assert.Equal([$"{name}@{client.Ip}{port}"], await client.HoldersAsync(file)); // as it was given
        Assert.Equal(HttpStatusCode.OK, (await client.LogInAsync(name, peerIp: client.Ip + otherPort)).Status);
        Assert.Equal([$"{name}@{client.Ip}{otherPort}"], await client.HoldersAsync(file));
        Assert.Equal(HttpStatusCode.Forbidden, (await foreigner.IndexAsync([other], client.Ip + port)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.LogOutAsync(client.Ip + port)).Status);
        Assert.Empty(await client.HoldersAsync(file));
    }

    [Theory]
    [InlineData("", ":50051")]
    [InlineData(":50051", "")]
    public async Task Who_is_at_an_address_gives_way_whichever_way_its_default_port_is_written(string port, string otherPort)
    {
        using var client = peers.NewClient();
        var (first, second) = (peers.New("peer"), peers.New("peer"));
        await client.LogInAsync(first, peerIp: client.Ip + port);

        Assert.Equal(HttpStatusCode.OK, (await client.LogInAsync(second, peerIp: client.Ip + otherPort)).Status);

        Assert.Equal([second], await PeersAt(client.Ip));
    }

    [Fact]
    public async Task Nobody_being_at_an_address_leaves_nothing_in_memory_however_often_it_is_said()
    {
        using var client = peers.NewClient();
        var addresses = Enumerable.Range(0, 50).Select(_ => peers.NewIp()).ToHashSet();
        foreach (var address in addresses)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.LogOutAsync(address)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await client.IndexAsync(["a"], address)).Status);
            await Assert.ThrowsAsync<GraneroException>(() => peers.Grains.GetGrain<IPeerGrain>(address).LocateFile("a"));
            Assert.Null(await peers.Grains.GetGrain<IPeerGrain>(address).FindPublished("a"));
        }

        var management = peers.Grains.GetGrain<IManagementGrain>(0);
        foreach (var type in (string[])["peer-address", "peer"])
        {
            await Eventually.HoldsAsync(async () =>
                !(await management.GetActiveGrains(GrainType.Create(type))).Exists(grain => addresses.Contains(grain.Key.ToString()!)));
        }
    }

    [Fact]
    public async Task Who_really_is_at_an_address_gets_it_from_whoever_took_it_from_elsewhere()
    {
        using var client = peers.NewClient();
        using var squatter = peers.NewClient();
        var name = peers.New("peer");
        await squatter.LogInAsync(peers.New("squatter"), peerIp: client.Ip);

        Assert.Equal(HttpStatusCode.OK, (await client.LogInAsync(name)).Status);

        Assert.Equal([name], await PeersAt(client.Ip));
    }

    [Fact]
    public async Task A_forwarded_address_counts_only_from_a_trusted_proxy()
    {
        await using var trusting = await PeersGateway.StartAsync(peers.Grains, ("Proxies:Trusted:0", "127.0.0.0/8"));
        await using var plain = await PeersGateway.StartAsync(peers.Grains);
        var address = peers.NewIp();
        using var client = new PeersClient(trusting.Address, "198.51.100.1");
        using var liar = new PeersClient(plain.Address, "198.51.100.1");
        await client.LogInAsync(peers.New("peer"), peerIp: address);

        Assert.Equal(HttpStatusCode.Forbidden, (await liar.LogOutAsync(address)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.LogOutAsync(address)).Status);
    }

    [Fact]
    public async Task A_proxy_that_makes_no_sense_stops_the_start()
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(
            () => PeersGateway.StartAsync(peers.Grains, ("Proxies:Trusted:0", "the proxy")));

        Assert.Contains("Proxies:Trusted has 'the proxy'", mistake.Message, StringComparison.Ordinal);
    }

    private Task<string[]> PeersAt(string ip) =>
        peers.Database.Rows($"select peer from logged_in_peers where address = '{ip}' or address like '{ip}:%'");
}
