using Granero.Gateways.Grpc.Peers.V1;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Xunit;
using static Granero.Tests.Support.Peers.FilesClient;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Granero.Tests.Peers.Grpc;

/// <summary>What tools ask a gRPC server: how it is, and what it offers.</summary>
[Collection(GrpcCollection.Name)]
public sealed class GrpcServerTests(GrpcCluster peers)
{
    [Theory]
    [InlineData("")]
    [InlineData("PeerService")]
    [InlineData("granero.peers.v1.Files")]
    public async Task Health_follows_the_link_to_the_cluster(string service)
    {
        await using var gateway = await peers.StartGatewayAsync();
        var health = new Health.HealthClient(gateway.Channel);

        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
        gateway.Link.NotifyGatewayCountChanged(0, 1, connectionRecovered: false);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
    }

    [Fact]
    public async Task Who_watches_the_health_hears_of_a_change()
    {
        await using var gateway = await peers.StartGatewayAsync();
        using var watch = new Health.HealthClient(gateway.Channel).Watch(new HealthCheckRequest());
        await AwaitAsync(watch, ServingStatus.Serving).Soon();

        gateway.Link.NotifyGatewayCountChanged(0, 1, connectionRecovered: false);

        await AwaitAsync(watch, ServingStatus.NotServing).Soon();
    }

    [Fact]
    public async Task Health_of_a_service_that_is_not_there_is_not_found()
    {
        var unknown = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(peers.Gateway.Channel).CheckAsync(new() { Service = "Other" }));

        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Reflection_lists_the_services_and_describes_their_methods()
    {
        var reflection = new ServerReflection.ServerReflectionClient(peers.Gateway.Channel);

        var services = await AskAsync(reflection, new ServerReflectionRequest { ListServices = "" });
        Assert.Equal(
            ["PeerService", "granero.peers.v1.Files", "grpc.health.v1.Health"],
            services.ListServicesResponse.Service.Select(service => service.Name).Where(name => !name.StartsWith("grpc.reflection.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        var file = await AskAsync(reflection, new ServerReflectionRequest { FileContainingSymbol = "PeerService.DownloadFile" });
        Assert.NotEmpty(file.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task A_gateway_that_stops_does_not_wait_for_the_end_of_long_streams()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, file) = await peers.ShareAsync();
        var content = NewContent(24 * 1024 * 1024);
        await gateway.Files.PublishAsync(peer, file, content);
        using var download = gateway.Files.Download(new DownloadRequest { FileName = file });
        await download.ReadHeaderAsync();
        using var upload = gateway.Files.Publish();
        await upload.RequestStream.WriteAsync(new() { Header = HeaderOf(peer, file, content) });

        await gateway.StopAsync().Soon();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => upload.ResponseAsync)).StatusCode);
        await Assert.ThrowsAsync<RpcException>(download.ReadContentAsync);
        Assert.Single(gateway.StoredFiles());
    }

    [Theory]
    [InlineData("/PeerService/DownloadFile")]
    [InlineData("/granero.peers.v1.Files/Publish")]
    [InlineData("/granero.peers.v1.Files/Find")]
    [InlineData("/grpc.health.v1.Health/Check")]
    public async Task A_compressed_message_is_refused_before_it_is_unpacked(string method)
    {
        var bomb = Messages.Compressed(new FindRequest { FileName = new('x', 1000) });

        var (status, detail) = await Messages.SendAsync(peers.Gateway, method, bomb, "gzip").Soon();

        Assert.Equal($"{(int)StatusCode.Unimplemented}", status);
        Assert.Contains("gzip", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/PeerService/DownloadFile")]
    [InlineData("/granero.peers.v1.Files/Download")]
    [InlineData("/granero.peers.v1.Files/Publish")]
    [InlineData("/granero.peers.v1.Files/Find")]
    public async Task Bytes_that_are_no_message_are_an_invalid_argument(string method)
    {
        var (status, detail) = await Messages.SendAsync(peers.Gateway, method, Messages.Plain([0x0A, 0x7F, 0x01])).Soon();

        Assert.Equal($"{(int)StatusCode.InvalidArgument}", status);
        Assert.StartsWith("The message is no ", detail, StringComparison.Ordinal);
    }

    private static async Task AwaitAsync(AsyncServerStreamingCall<HealthCheckResponse> watch, ServingStatus status)
    {
        while (await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            if (watch.ResponseStream.Current.Status == status)
                return;
        }

        Assert.Fail($"The watch ended without {status}.");
    }

    private static async Task<ServerReflectionResponse> AskAsync(ServerReflection.ServerReflectionClient reflection, ServerReflectionRequest request)
    {
        using var call = reflection.ServerReflectionInfo(cancellationToken: TestContext.Current.CancellationToken);
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken).Soon());
        return call.ResponseStream.Current;
    }
}
