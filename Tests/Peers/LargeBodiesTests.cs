using System.Net;
using System.Net.Sockets;
using System.Text;
using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>Long lists of files, which take memory: few at a time, and not for whoever may not index.</summary>
[Collection(PeersCollection.Name)]
public sealed class LargeBodiesTests(PeersCluster peers)
{
    private static readonly string[] ManyFiles = [.. Enumerable.Range(0, 5000).Select(i => $"a file of many {i}")];

    [Fact]
    public async Task A_foreigners_names_do_not_travel()
    {
        var called = new List<string>();
        var watched = InterceptedGrains.Of(peers.Grains, (method, call) =>
        {
            called.Add(method);
            return call();
        });
        await using var gateway = await PeersGateway.StartAsync(watched, ("Proxies:Trusted:0", "127.0.0.1"));
        using var client = peers.NewClient();
        using var foreigner = new PeersClient(gateway.Address, peers.NewIp());
        Assert.Equal(HttpStatusCode.NotFound, (await foreigner.IndexAsync(ManyFiles, client.Ip)).Status);
        await client.LogInAsync(peers.New("peer"));

        var reply = await foreigner.IndexAsync(ManyFiles, client.Ip);

        Assert.Equal(HttpStatusCode.Forbidden, reply.Status);
        Assert.DoesNotContain(nameof(IPeerAddressGrain.IndexFiles), called);
    }

    [Fact]
    public async Task Who_has_its_share_of_the_places_is_refused_and_others_are_not()
    {
        await using var gateway = await PeersGateway.StartAsync(peers.Grains, ("Proxies:Trusted:0", "127.0.0.1"), ("Peers:MaxLargeBodies", "2"));
        using var client = new PeersClient(gateway.Address, peers.NewIp());
        using var other = new PeersClient(gateway.Address, peers.NewIp());
        await client.LogInAsync(peers.New("peer"));
        await other.LogInAsync(peers.New("peer"));
        using (await BeginAsync(gateway, client.Ip))
        {
            var refusal = await client.IndexAsync(ManyFiles);

            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (refusal.Status, refusal.RetryAfter));
            Assert.Equal(HttpStatusCode.OK, (await client.IndexAsync(["one"])).Status);
            Assert.Equal(HttpStatusCode.OK, (await other.IndexAsync(ManyFiles)).Status);
        }

        await Eventually.HoldsAsync(async () => (await client.IndexAsync(ManyFiles)).Status == HttpStatusCode.OK);
    }

    /// <summary>A request whose body does not come. It has its place when the server asks for the body.</summary>
    private static async Task<TcpClient> BeginAsync(PeersGateway gateway, string ip)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, gateway.Address.Port, TestContext.Current.CancellationToken);
        var head = $"POST /indexFiles HTTP/1.1\r\nHost: granero\r\nX-Forwarded-For: {ip}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n";
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        using var reply = new StreamReader(connection.GetStream(), Encoding.ASCII, leaveOpen: true);
        Assert.Equal("HTTP/1.1 100 Continue", await reply.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        return connection;
    }
}
