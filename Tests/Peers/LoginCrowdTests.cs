using System.Net;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>More logins at once than can be hashed for soon.</summary>
public sealed class LoginCrowdTests
{
    [Fact]
    public async Task Who_is_refused_is_told_when_to_come_and_its_login_does_not_take_effect_later()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, ("Peers:PasswordIterations", "50000"), ("Passwords:LongestWait", "00:00:00.05"));
        await using var gateway = await PeersGateway.StartAsync(cluster.Client, ("Proxies:Trusted:0", "127.0.0.1"));
        var clients = Enumerable.Range(0, 30).Select(i => new PeersClient(gateway.Address, $"10.0.0.{i}")).ToArray();

        var replies = await Task.WhenAll(clients.Select((client, i) => client.LogInAsync($"peer-{i:d2}")));

        Assert.Contains(replies, reply => reply.Status == HttpStatusCode.ServiceUnavailable);
        Assert.All(replies, reply => Assert.Equal(reply.Status == HttpStatusCode.ServiceUnavailable, reply.RetryAfter >= TimeSpan.FromSeconds(1)));
        var loggedIn = replies.Index().Where(reply => reply.Item.Status == HttpStatusCode.OK).Select(reply => $"peer-{reply.Index:d2}").ToArray();
        Assert.NotEmpty(loggedIn);
        await Eventually.HoldsAsync(async () => (await clients[0].LogInAsync("last")).Status == HttpStatusCode.OK); // nobody is before it any more
        Assert.Equal(loggedIn, await database.Rows("select peer from peers where peer <> 'last' order by peer"));
        foreach (var client in clients)
            client.Dispose();
    }
}
