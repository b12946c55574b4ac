using System.Net;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Accounts;

/// <summary>Pings, and health for real. Source: protocols.md, section 4.</summary>
[Collection(VideosCollection.Name)]
public sealed class HealthTests(VideosCluster cluster)
{
    [Theory]
    [InlineData("/ping", "Ok")]
    [InlineData("/ping/", "Ok")]
    [InlineData("/api/auth/login/ping", "pong")]
    [InlineData("/api/auth/signup/ping/", "pong")]
    public async Task Pings_are_answered(string path, string answer)
    {
        using var client = new VideosClient(cluster.Gateway);

        Assert.Equal($$"""{"message":"{{answer}}"}""", (await client.GetAsync(path)).Text);
    }

    [Fact]
    public async Task Health_says_that_the_database_is_there()
    {
        using var client = new VideosClient(cluster.Gateway);

        var reply = await client.GetAsync("/api/health");

        Assert.Equal((HttpStatusCode.OK, """{"status":"healthy","database":"connected"}"""), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Health_says_that_the_database_has_gone()
    {
        var database = await TestDatabase.CreateAsync();
        await using var silo = await SiloCluster.DeployAsync(database, silos: 1);
        await using var gateway = await PeersGateway.StartAsync(silo.Client);
        using var client = new VideosClient(gateway.MainAddress);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/health")).Status);

        await database.DisposeAsync();
        var reply = await client.GetAsync("/api/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Equal(("unhealthy", "disconnected"), (reply.Json.GetProperty("status").GetString(), reply.Json.GetProperty("database").GetString()));
        Assert.NotEmpty(reply.Json.GetProperty("error").GetString()!);
    }
}
