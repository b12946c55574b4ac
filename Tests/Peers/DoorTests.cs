using System.Net;
using System.Net.Http.Json;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>The REST gateway's ports: each has its own routes.</summary>
[Collection(PeersCollection.Name)]
public sealed class DoorTests(PeersCluster peers)
{
    [Fact]
    public async Task The_peers_routes_are_not_on_the_port_of_tasks_and_videos()
    {
        await using var gateway = await PeersGateway.StartAsync(peers.Grains);
        using var client = new HttpClient();
        var there = await client.PostAsJsonAsync(new Uri(gateway.Address, "/getFiles"), new { }, TestContext.Current.CancellationToken);
        var elsewhere = await client.PostAsJsonAsync(new Uri(gateway.MainAddress, "/getFiles"), new { }, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (there.StatusCode, elsewhere.StatusCode));
    }
}
