using Granero.Gateways.Grpc.Peers.V1;
using Granero.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Grpc.Core;
using Xunit;
using static Granero.Tests.Support.Peers.FilesClient;

namespace Granero.Tests.Peers.Grpc;

/// <summary>Uploads while the cluster is slow, or the gateway stops, or an answer is lost.</summary>
[Collection(GrpcCollection.Name)]
public sealed class PublishFaultsTests(GrpcCluster peers)
{
    private readonly TaskCompletionSource _asked = new();
    private readonly TaskCompletionSource _released = new();

    [Fact]
    public async Task A_client_is_not_blamed_for_a_cluster_that_is_slow()
    {
        var time = new ManualTime();
        var slow = InterceptedGrains.Of(peers.Grains, (method, call) => method == nameof(IPeerGrain.RoomToPublish) ? LateAsync(call) : call());
        await using var gateway = await GrpcGateway.StartAsync(slow, time);
        var (peer, file) = await peers.ShareAsync();

        var upload = gateway.Files.PublishAsync(peer, file, NewContent(10));
        await _asked.Task.Soon();
        time.Advance(TimeSpan.FromMinutes(2));
        _released.SetResult();

        Assert.Equal(10UL, (await upload.Soon()).Length);
    }

    [Fact]
    public async Task A_gateway_that_stops_while_it_asks_the_cluster_says_that_it_is_unavailable()
    {
        var hanging = InterceptedGrains.Of(peers.Grains, (method, call) => method == nameof(IPeerGrain.RoomToPublish) ? LateAsync(call) : call());
        await using var gateway = await GrpcGateway.StartAsync(hanging);
        var (peer, file) = await peers.ShareAsync();
        using var upload = gateway.Files.Publish();
        await upload.RequestStream.WriteAsync(new PublishRequest { Header = HeaderOf(peer, file, NewContent(10)) });
        await _asked.Task.Soon();

        await gateway.StopAsync().Soon();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => upload.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task A_file_whose_publication_was_recorded_keeps_its_bytes_though_the_answer_was_lost_and_its_peer_left()
    {
        var (peer, file) = await peers.ShareAsync();
        var content = NewContent(1000);
        var publications = 0;
        var losing = InterceptedGrains.Of(peers.Grains, (method, call) =>
            method == nameof(IPeerGrain.Publish) && ++publications == 1 ? LoseAnswerAsync(call, peer) : call());
        await using var gateway = await GrpcGateway.StartAsync(losing);

        var reply = await gateway.Files.PublishAsync(peer, file, content).Soon();

        Assert.Equal((1000UL, 2), (reply.Length, publications));
        Assert.Equal(content, (await gateway.Files.DownloadAsync(file)).Content);
    }

    private static async Task<Guid?> LoseAnswerAsync(Func<object?> call, Visitor peer)
    {
        await (Task<Guid?>)call()!;
        await peer.LogOut();
        throw new TimeoutException();
    }

    private async Task<long> LateAsync(Func<object?> call)
    {
        _asked.SetResult();
        await _released.Task;
        return await (Task<long>)call()!;
    }
}
