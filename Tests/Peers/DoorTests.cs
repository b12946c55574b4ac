using System.Net;
using System.Net.Http.Json;
using Granero.Gateways.Hosting;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>The REST gateway's ports: each has its own routes.</summary>
[Collection(PeersCollection.Name)]
public sealed class DoorTests(PeersCluster peers)
{
    [Theory]
    [InlineData("POST", "/getFiles", HttpStatusCode.BadRequest, HttpStatusCode.NotFound)]
    [InlineData("GET", "/openapi/v1.json", HttpStatusCode.NotFound, HttpStatusCode.OK)]
    public async Task A_route_is_on_its_own_port_only(string method, string path, HttpStatusCode peersPort, HttpStatusCode mainPort)
    {
        await using var gateway = await PeersGateway.StartAsync(peers.Grains);
        using var client = new HttpClient();
        Assert.Equal(peersPort, await StatusAsync(gateway.Address));
        Assert.Equal(mainPort, await StatusAsync(gateway.MainAddress));

        async Task<HttpStatusCode> StatusAsync(Uri address)
        {
            using var request = new HttpRequestMessage(new(method), new Uri(address, path)) { Content = JsonContent.Create(new { }) };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_and_no_setting_of_another_port()
    {
        var taken = peers.Gateway.Address.Port;

        var failure = await Assert.ThrowsAsync<IOException>(() => PeersGateway.StartAsync(peers.Grains, ("Peers:Port", $"{taken}")));

        var reason = GatewayLife.ReasonOf(failure);
        Assert.Contains($":{taken}: address already in use.", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Rest:Port", reason, StringComparison.Ordinal);
        Assert.Equal("No space left on device", GatewayLife.ReasonOf(new IOException("No space left on device")));
    }
}
