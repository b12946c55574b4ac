using System.Security.Cryptography;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Grpc.Core;
using Xunit;
using static Granero.Tests.Support.Peers.FilesClient;

namespace Granero.Tests.Peers.Grpc;

[Collection(GrpcCollection.Name)]
public sealed class DownloadTests(GrpcCluster peers)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(3_000_001)]
    public async Task What_was_published_comes_back_also_when_its_peer_has_left(int length)
    {
        var (peer, file) = await peers.ShareAsync();
        var content = NewContent(length);
        await peers.Gateway.Files.PublishAsync(peer, file, content);
        await peer.LogOut();

        var (header, bytes) = await peers.Gateway.Files.DownloadAsync(file);

        Assert.Equal(content, bytes);
        Assert.Equal((peer.Name, file, (ulong)length), (header.PeerName, header.FileName, header.Length));
        Assert.Equal(SHA256.HashData(content), header.Sha256.ToByteArray());
        Assert.InRange(header.ChunkBytes, 1u, 84_999u);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(299_999)]
    [InlineData(300_000)]
    public async Task A_download_is_resumed_at_any_byte(int offset)
    {
        var (peer, file) = await peers.ShareAsync();
        var content = NewContent(300_000);
        await peers.Gateway.Files.PublishAsync(peer, file, content);

        var (header, rest) = await peers.Gateway.Files.DownloadAsync(file, peer.Name, (ulong)offset);

        Assert.Equal(content[offset..], rest);
        Assert.Equal(300_000UL, header.Length);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(ulong.MaxValue)]
    public async Task An_offset_behind_the_end_is_out_of_range(ulong offset)
    {
        var (peer, file) = await peers.ShareAsync();
        await peers.Gateway.Files.PublishAsync(peer, file, NewContent(10));

        Assert.Equal(StatusCode.OutOfRange, (await RefusalAsync(peers.Gateway, file, offset: offset)).StatusCode);
    }

    [Fact]
    public async Task What_nobody_has_published_is_not_found_though_it_be_indexed()
    {
        var (peer, file) = await peers.ShareAsync();
        Assert.Equal(StatusCode.NotFound, (await RefusalAsync(peers.Gateway, file)).StatusCode);

        await peers.Gateway.Files.PublishAsync(peer, file, NewContent(10));
        Assert.Equal(StatusCode.NotFound, (await RefusalAsync(peers.Gateway, file, peer: peers.New("other"))).StatusCode);
    }

    [Fact]
    public async Task Of_several_files_of_a_name_the_one_published_first_comes_unless_another_is_asked_for()
    {
        var ((first, file), (second, _)) = (await peers.ShareAsync(), await peers.ShareAsync());
        var (ofFirst, ofSecond) = (NewContent(100), NewContent(200));
        await peers.Gateway.Files.PublishAsync(first, file, ofFirst);
        await peers.Gateway.Files.PublishAsync(second, file, ofSecond);

        Assert.Equal(ofFirst, (await peers.Gateway.Files.DownloadAsync(file)).Content);
        Assert.Equal(ofSecond, (await peers.Gateway.Files.DownloadAsync(file, second.Name)).Content);
    }

    [Fact]
    public async Task A_download_that_runs_while_its_file_is_published_anew_gets_the_old_bytes_whole()
    {
        var (peer, file) = await peers.ShareAsync();
        var content = NewContent(8 * 1024 * 1024);
        await peers.Gateway.Files.PublishAsync(peer, file, content);
        using var call = peers.Gateway.Files.Download(new DownloadRequest { FileName = file });
        await call.ReadHeaderAsync();

        await peers.Gateway.Files.PublishAsync(peer, file, NewContent(10));

        Assert.Equal(content, await call.ReadContentAsync());
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_download()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var file = await PublishLongAsync(gateway);

        using (var call = gateway.Files.Download(new DownloadRequest { FileName = file }))
        {
            await call.ReadHeaderAsync();
        }

        Assert.Equal("Download", await gateway.Calls.NextEndAsync().Soon());
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_not_waited_for_for_ever()
    {
        var time = new ManualTime();
        await using var gateway = await peers.StartGatewayAsync(time);
        var file = await PublishLongAsync(gateway);

        using var call = gateway.Files.Download(new DownloadRequest { FileName = file });
        await call.ReadHeaderAsync();
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("Download", await gateway.Calls.NextEndAsync().Soon());
        await Assert.ThrowsAsync<RpcException>(call.ReadContentAsync);
    }

    [Fact]
    public async Task Bytes_that_the_store_has_lost_are_said_to_be_lost()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, file) = await peers.ShareAsync();
        await gateway.Files.PublishAsync(peer, file, NewContent(100_000));
        var path = Assert.Single(gateway.StoredFiles());

        await using (var cut = new FileStream(path, FileMode.Open)) cut.SetLength(70_000);
        Assert.Equal(StatusCode.DataLoss, (await RefusalAsync(gateway, file)).StatusCode);
        File.Delete(path);
        Assert.Equal(StatusCode.DataLoss, (await RefusalAsync(gateway, file)).StatusCode);
    }

    [Fact]
    public async Task Finding_a_file_tells_who_has_it_and_whether_the_store_has()
    {
        var ((sharing, file), (both, _), (gone, _)) = (await peers.ShareAsync(), await peers.ShareAsync(), await peers.ShareAsync());
        await both.Index(file);
        await peers.Gateway.Files.PublishAsync(both, file, NewContent(20));
        await peers.Gateway.Files.PublishAsync(gone, file, NewContent(30));
        await gone.LogOut();

        var reply = await peers.Gateway.Files.FindAsync(new FindRequest { FileName = file });

        Assert.Equal(
            [(sharing.Name, sharing.Address, null), (both.Name, both.Address, 20), (gone.Name, "", 30)],
            reply.Holders.Select(holder => (holder.PeerName, holder.PeerIp, (int?)holder.Published?.Length)));
    }

    [Fact]
    public async Task Finding_a_file_that_nobody_has_finds_nothing()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await peers.Gateway.Files.FindAsync(new FindRequest { FileName = peers.New("file") }));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    /// <summary>Longer than all that lies between the disk and a client that does not read.</summary>
    private async Task<string> PublishLongAsync(GrpcGateway gateway)
    {
        var (peer, file) = await peers.ShareAsync();
        await gateway.Files.PublishAsync(peer, file, NewContent(24 * 1024 * 1024));
        Assert.Equal("Publish", await gateway.Calls.NextEndAsync().Soon());
        return file;
    }

    private static Task<RpcException> RefusalAsync(GrpcGateway gateway, string file, string peer = "", ulong offset = 0) =>
        Assert.ThrowsAsync<RpcException>(() => gateway.Files.DownloadAsync(file, peer, offset)).Soon();
}
