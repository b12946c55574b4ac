using System.Net;
using System.Net.Sockets;
using Granero.Gateways.Grpc.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Granero.Tests.Support.Peers.Known;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Granero.Tests.Peers.Grpc;

/// <summary>The known client's download: its own stubs, made from a .proto without a package.</summary>
[Collection(GrpcCollection.Name)]
public sealed class DownloadFileTests(GrpcCluster peers)
{
    [Fact]
    public async Task The_answer_is_the_peers_own()
    {
        await using var server = await KnownPeer.StartAsync();
        var (peer, file) = await peers.ShareAsync(server.Address);

        var answer = await AskAsync(peers.Gateway, peer.Name, file);

        Assert.Equal($"File {file} downloaded properly!", answer.Message);
        Assert.Equal(answer, await AskAsync(peers.Gateway, peer.Name, file));
    }

    [Fact]
    public async Task A_peer_that_is_unknown_or_has_left_is_not_found()
    {
        await using var server = await KnownPeer.StartAsync();
        var (peer, file) = await peers.ShareAsync(server.Address);
        await peer.LogOut();

        Assert.Equal(StatusCode.NotFound, (await RefusalAsync(peers.Gateway, peers.New("nobody"), file)).StatusCode);
        var refusal = await RefusalAsync(peers.Gateway, peer.Name, file);
        Assert.Equal((StatusCode.NotFound, $"Peer {peer.Name} is not logged in."), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task A_file_that_the_peer_has_not_indexed_is_not_found()
    {
        await using var server = await KnownPeer.StartAsync();
        var (peer, _) = await peers.ShareAsync(server.Address);

        Assert.Equal(StatusCode.NotFound, (await RefusalAsync(peers.Gateway, peer.Name, peers.New("other"))).StatusCode);
    }

    [Fact]
    public async Task A_peer_without_a_server_is_unavailable()
    {
        string address;
        await using (var gone = await KnownPeer.StartAsync())
            address = gone.Address;
        var (peer, file) = await peers.ShareAsync(address);

        Assert.Equal(StatusCode.Unavailable, (await RefusalAsync(peers.Gateway, peer.Name, file)).StatusCode);
    }

    [Fact]
    public async Task A_peer_that_never_answers_is_unavailable_once_its_time_is_over()
    {
        await using var gateway = await peers.StartGatewayAsync(("Peers:AnswerWithin", "00:00:00.5"));
        using var blackHole = new TcpListener(IPAddress.Loopback, 0); // its system takes the connection, and nobody reads it
        blackHole.Start();
        var (peer, file) = await peers.ShareAsync(blackHole.LocalEndpoint.ToString());

        var refusal = await RefusalAsync(gateway, peer.Name, file);

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Contains("in time", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_server_of_a_peer_is_unavailable()
    {
        await using var web = await KnownPeer.StartAsync(protocol: HttpProtocols.Http1);
        var (peer, file) = await peers.ShareAsync(web.Address);

        Assert.Equal(StatusCode.Unavailable, (await RefusalAsync(peers.Gateway, peer.Name, file)).StatusCode);
    }

    [Fact]
    public async Task A_peers_refusal_comes_through()
    {
        await using var server = await KnownPeer.StartAsync((_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "Not for you.")));
        var (peer, file) = await peers.ShareAsync(server.Address);

        var refusal = await RefusalAsync(peers.Gateway, peer.Name, file);

        Assert.Equal((StatusCode.PermissionDenied, $"Peer {peer.Name} answered: Not for you."), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Unimplemented)]
    [InlineData(StatusCode.Internal)]
    public async Task A_peers_refusal_comes_through_also_with_a_code_that_the_client_has_for_failures_of_its_own(StatusCode code)
    {
        await using var server = await KnownPeer.StartAsync((_, _) => throw new RpcException(new Status(code, "Not now.")));
        var (peer, file) = await peers.ShareAsync(server.Address);

        var refusal = await RefusalAsync(peers.Gateway, peer.Name, file);

        Assert.Equal((code, $"Peer {peer.Name} answered: Not now."), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task A_web_server_that_speaks_HTTP2_is_unavailable_and_what_it_says_is_not_told(int status)
    {
        await using var web = await KnownPeer.StartAsync(instead: http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync("Hello");
        });
        var (peer, file) = await peers.ShareAsync(web.Address);

        var refusal = await RefusalAsync(peers.Gateway, peer.Name, file);

        Assert.Equal(
            (StatusCode.Unavailable, $"Peer {peer.Name} cannot be reached: no server of a peer answers at {web.Address}."),
            (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task An_answer_that_is_compressed_is_not_unpacked()
    {
        var bomb = Messages.Compressed(new DownloadResponse { Message = new('x', 1000) });
        await using var server = await KnownPeer.StartAsync(instead: async http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-encoding"] = "gzip";
            await http.Response.Body.WriteAsync(bomb);
            http.Response.AppendTrailer("grpc-status", "0");
        });
        var (peer, file) = await peers.ShareAsync(server.Address);

        Assert.Equal(StatusCode.Unavailable, (await RefusalAsync(peers.Gateway, peer.Name, file)).StatusCode);
    }

    [Fact]
    public async Task The_peer_gets_the_callers_deadline_or_ten_seconds()
    {
        var deadlines = new List<TimeSpan>();
        await using var server = await KnownPeer.StartAsync((_, context) =>
        {
            deadlines.Add(context.Deadline - DateTime.UtcNow);
            return Task.FromResult(new DownloadResponse());
        });
        var (peer, file) = await peers.ShareAsync(server.Address);
        var request = new FileRequest { PeerName = peer.Name, FileName = file };

        await peers.Gateway.KnownClient.DownloadFileAsync(request);
        await peers.Gateway.KnownClient.DownloadFileAsync(request, deadline: DateTime.UtcNow.AddSeconds(60));
        await peers.Gateway.KnownClient.DownloadFileAsync(request, deadline: DateTime.UtcNow.AddSeconds(5));

        Assert.Collection(
            deadlines,
            left => Assert.InRange(left.TotalSeconds, 5, 10.5),
            left => Assert.InRange(left.TotalSeconds, 5, 10.5),
            left => Assert.InRange(left.TotalSeconds, 0, 5.5));
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_given_up_at_the_peer()
    {
        var (asked, givenUp) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await KnownPeer.StartAsync(async (_, context) =>
        {
            context.CancellationToken.Register(givenUp.SetResult);
            asked.SetResult();
            await givenUp.Task;
            return new DownloadResponse();
        });
        var (peer, file) = await peers.ShareAsync(server.Address);

        using var call = peers.Gateway.KnownClient.DownloadFileAsync(new FileRequest { PeerName = peer.Name, FileName = file });
        await asked.Task.Soon();
        call.Dispose();

        await givenUp.Task.Soon();
    }

    [Fact]
    public async Task A_peer_at_the_gateways_own_address_does_not_make_it_call_itself_in_circles()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, file) = await peers.ShareAsync($"127.0.0.1:{gateway.Port}");

        Assert.Equal(StatusCode.Unavailable, (await RefusalAsync(gateway, peer.Name, file)).StatusCode);

        Assert.Equal("DownloadFile", await gateway.Calls.NextEndAsync().Soon());
        Assert.Equal("DownloadFile", await gateway.Calls.NextEndAsync().Soon());
        await RefusalAsync(gateway, peers.New("nobody"), file);
        Assert.Equal("DownloadFile", await gateway.Calls.NextEndAsync().Soon());
        Assert.False(gateway.Calls.NextEndAsync().IsCompleted); // two calls for the circle, and one for nobody
    }

    [Fact]
    public async Task A_peer_in_a_network_that_is_not_allowed_is_not_dialled()
    {
        var dialled = false;
        await using var server = await KnownPeer.StartAsync((_, _) =>
        {
            dialled = true;
            return Task.FromResult(new DownloadResponse());
        });
        await using var gateway = await peers.StartGatewayAsync(("Peers:AllowLoopback", "false"));
        var (peer, file) = await peers.ShareAsync(server.Address);

        Assert.Equal(StatusCode.Unavailable, (await RefusalAsync(gateway, peer.Name, file)).StatusCode);
        Assert.False(dialled);
    }

    [Fact]
    public async Task Channels_are_kept_for_so_many_peers_and_calls_go_on_beyond_them()
    {
        await using var gateway = await peers.StartGatewayAsync(("Peers:MaxChannels", "2"));
        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => KnownPeer.StartAsync(
            (_, _) => Task.FromResult(new DownloadResponse { Message = $"{i}" }))));
        var shared = await Task.WhenAll(servers.Select(server => peers.ShareAsync(server.Address)));

        for (var round = 0; round < 2; round++)
        {
            var answers = await Task.WhenAll(shared.Select(share => AskAsync(gateway, share.Peer.Name, share.File)));
            Assert.Equal(["0", "1", "2", "3"], answers.Select(answer => answer.Message));
        }

        Assert.Equal(2, gateway.Service<PeerChannels>().Count);
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    private static async Task<DownloadResponse> AskAsync(GrpcGateway gateway, string peer, string file) =>
        await gateway.KnownClient.DownloadFileAsync(new FileRequest { PeerName = peer, FileName = file });

    private static Task<RpcException> RefusalAsync(GrpcGateway gateway, string peer, string file) =>
        Assert.ThrowsAsync<RpcException>(() => AskAsync(gateway, peer, file)).Soon();
}
