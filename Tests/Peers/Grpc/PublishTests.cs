using Google.Protobuf;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Grpc.Core;
using Xunit;
using static Granero.Tests.Support.Peers.FilesClient;

namespace Granero.Tests.Peers.Grpc;

/// <summary>Uploads: what is refused leaves nothing behind, neither in the books nor on the disk.</summary>
[Collection(GrpcCollection.Name)]
public sealed class PublishTests(GrpcCluster peers)
{
    public static TheoryData<string, StatusCode> BrokenUploads => new()
    {
        { "no message", StatusCode.InvalidArgument },
        { "no header", StatusCode.InvalidArgument },
        { "two headers", StatusCode.InvalidArgument },
        { "empty message", StatusCode.InvalidArgument },
        { "short hash", StatusCode.InvalidArgument },
        { "chunk of 85000 bytes", StatusCode.InvalidArgument },
        { "chunk of 200000 bytes", StatusCode.ResourceExhausted },
        { "a byte too few", StatusCode.DataLoss },
        { "a byte too many", StatusCode.DataLoss },
        { "another byte", StatusCode.DataLoss },
        { "longer than the quota", StatusCode.ResourceExhausted },
        { "longer than any file", StatusCode.ResourceExhausted },
        { "length of 2^64-1", StatusCode.ResourceExhausted },
        { "unknown peer", StatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(BrokenUploads))]
    public async Task A_broken_upload_is_refused_and_leaves_nothing_behind(string what, StatusCode expected)
    {
        await using var gateway = await peers.StartGatewayAsync(("Peers:MaxFileBytes", $"{2 * GrpcCluster.Quota}"));
        var (peer, file) = await peers.ShareAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(() => gateway.Files.SendAsync(Broken(what, peer, file))).Soon();

        Assert.Equal(expected, refusal.StatusCode);
        Assert.NotEmpty(refusal.Status.Detail);
        Assert.Equal("Publish", await gateway.Calls.NextEndAsync().Soon());
        Assert.Empty(gateway.StoredFiles());
        Assert.Null(await peer.Peer.FindPublished(file));
    }

    [Fact]
    public async Task An_upload_that_is_cut_off_leaves_nothing_behind()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, file) = await peers.ShareAsync();
        var content = NewContent(500_000);

        using (var call = gateway.Files.Publish())
        {
            await call.RequestStream.WriteAsync(new() { Header = HeaderOf(peer, file, content) });
            foreach (var chunk in ChunksOf(content).Take(5)) await call.RequestStream.WriteAsync(chunk);
        }

        Assert.Equal("Publish", await gateway.Calls.NextEndAsync().Soon());
        Assert.Empty(gateway.StoredFiles());
        Assert.Null(await peer.Peer.FindPublished(file));
    }

    [Fact]
    public async Task An_upload_that_stalls_is_given_up()
    {
        var (time, stall) = (new ManualTime(), TimeSpan.FromSeconds(30));
        await using var gateway = await peers.StartGatewayAsync(time);
        var (peer, file) = await peers.ShareAsync();
        using var call = gateway.Files.Publish();
        await call.RequestStream.WriteAsync(new() { Header = HeaderOf(peer, file, NewContent(100)) });
        for (var waits = 0; waits < 2; waits++) // the clock's own, for the first chunk
            await time.WaitBegunAsync(stall);
        time.Advance(stall);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Soon();

        Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        Assert.Equal("Publish", await gateway.Calls.NextEndAsync().Soon());
        Assert.Empty(gateway.StoredFiles());
    }

    [Fact]
    public async Task Only_so_many_files_are_taken_at_a_time()
    {
        await using var gateway = await peers.StartGatewayAsync(("Peers:MaxUploads", "1"));
        var (peer, file) = await peers.ShareAsync();
        var content = NewContent(10);
        using var one = gateway.Files.Publish();
        using var other = gateway.Files.Publish();
        await one.RequestStream.WriteAsync(new() { Header = HeaderOf(peer, file, content) });
        await other.RequestStream.WriteAsync(new() { Header = HeaderOf(peer, file, content) });

        // Whichever the server saw first is taken.
        var (refused, taken) = await Task.WhenAny(one.ResponseAsync, other.ResponseAsync).Soon() == one.ResponseAsync ? (one, other) : (other, one);
        Assert.Equal(StatusCode.ResourceExhausted, await OutcomeAsync(refused.ResponseAsync));
        foreach (var chunk in ChunksOf(content)) await taken.RequestStream.WriteAsync(chunk);
        await taken.RequestStream.CompleteAsync();
        Assert.Equal(StatusCode.OK, await OutcomeAsync(taken.ResponseAsync).Soon());

        await gateway.Files.PublishAsync(peer, peers.New("file"), content).Soon();
    }

    [Fact]
    public async Task Silent_calls_and_those_of_strangers_take_no_places()
    {
        await using var gateway = await peers.StartGatewayAsync(("Peers:MaxUploads", "1"));
        var (peer, file) = await peers.ShareAsync();
        var (theirs, theirFile) = await peers.ShareAsync(from: "203.0.113.9");
        using var silent = gateway.Files.Publish();
        using var foreign = gateway.Files.Publish();
        await foreign.RequestStream.WriteAsync(new() { Header = HeaderOf(theirs, theirFile, NewContent(10)) });
        Assert.Equal(StatusCode.PermissionDenied, await OutcomeAsync(foreign.ResponseAsync).Soon());

        Assert.Equal(StatusCode.OK, await OutcomeAsync(gateway.Files.PublishAsync(peer, file, NewContent(10))).Soon());
    }

    [Fact]
    public async Task An_upload_that_does_not_say_what_it_is_ends_soon()
    {
        var time = new ManualTime();
        await using var gateway = await peers.StartGatewayAsync(time);
        using var silent = gateway.Files.Publish();
        await time.WaitBegunAsync(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(StatusCode.DeadlineExceeded, await OutcomeAsync(silent.ResponseAsync).Soon());
    }

    [Fact]
    public async Task One_peer_does_not_take_all_places()
    {
        await using var gateway = await peers.StartGatewayAsync(("Peers:MaxUploadsOfPeer", "1"));
        var (peer, file) = await peers.ShareAsync();
        var (other, otherFile) = await peers.ShareAsync();
        var content = NewContent(10);
        using var one = gateway.Files.Publish();
        using var second = gateway.Files.Publish();
        await one.RequestStream.WriteAsync(new() { Header = HeaderOf(peer, file, content) });
        await second.RequestStream.WriteAsync(new() { Header = HeaderOf(peer, peers.New("file"), content) });

        Assert.Equal(StatusCode.ResourceExhausted, await OutcomeAsync(await Task.WhenAny(one.ResponseAsync, second.ResponseAsync).Soon()));
        Assert.Equal(StatusCode.OK, await OutcomeAsync(gateway.Files.PublishAsync(other, otherFile, content)).Soon());
    }

    [Fact]
    public async Task A_file_published_anew_takes_the_place_of_the_old_one_and_of_its_bytes()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, file) = await peers.ShareAsync();
        await gateway.Files.PublishAsync(peer, file, NewContent(300_000));
        var content = NewContent(200_000);

        var reply = await gateway.Files.PublishAsync(peer, file, content);

        Assert.Equal(200_000UL, reply.Length);
        Assert.Equal(content, (await gateway.Files.DownloadAsync(file)).Content);
        Assert.Equal(200_000, new FileInfo(Assert.Single(gateway.StoredFiles())).Length);
    }

    [Fact]
    public async Task A_peers_files_fill_its_quota_to_the_last_byte()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, file) = await peers.ShareAsync();
        await gateway.Files.PublishAsync(peer, file, NewContent(GrpcCluster.Quota));

        var refusal = await Assert.ThrowsAsync<RpcException>(() => gateway.Files.PublishAsync(peer, "one more", [1]));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Single(gateway.StoredFiles());
        await gateway.Files.PublishAsync(peer, "nothing", []);
        await gateway.Files.PublishAsync(peer, file, [1]);
        await gateway.Files.PublishAsync(peer, "one more", [1]);
    }

    [Fact]
    public async Task Two_uploads_that_fit_only_alone_are_not_both_published()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, _) = await peers.ShareAsync();
        var content = NewContent((GrpcCluster.Quota / 2) + 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => OutcomeAsync(gateway.Files.PublishAsync(peer, $"file {i}", content)))).Soon();

        Assert.Equal([StatusCode.OK, StatusCode.ResourceExhausted, StatusCode.ResourceExhausted], outcomes.Order());
        Assert.Single(gateway.StoredFiles());
    }

    [Fact]
    public async Task Only_who_logged_the_peer_in_or_bears_its_token_may_publish_for_it()
    {
        var (peer, file) = await peers.ShareAsync(from: "203.0.113.9");
        var content = NewContent(10);

        Assert.Equal(StatusCode.PermissionDenied, await OutcomeAsync(peers.Gateway.Files.PublishAsync(peer, file, content)));
        Assert.Equal(StatusCode.PermissionDenied, await OutcomeAsync(peers.Gateway.Files.PublishAsync(peer, file, content, token: "guessed")));
        Assert.Equal(StatusCode.OK, await OutcomeAsync(peers.Gateway.Files.PublishAsync(peer, file, content, peer.Token)));
        await peer.LogOut();
        Assert.Equal(StatusCode.NotFound, await OutcomeAsync(peers.Gateway.Files.PublishAsync(peer, file, content, peer.Token)));
    }

    private static async Task<StatusCode> OutcomeAsync(Task<PublishReply> upload)
    {
        try
        {
            await upload;
            return StatusCode.OK;
        }
        catch (RpcException refusal)
        {
            return refusal.StatusCode;
        }
    }

    private static PublishRequest[] Broken(string what, Visitor peer, string file)
    {
        var content = NewContent(150_000);
        var header = HeaderOf(peer, file, content);
        var chunks = ChunksOf(content).ToArray();
        return what switch
        {
            "no message" => [],
            "no header" => chunks,
            "two headers" => [new() { Header = header }, new() { Header = header }],
            "empty message" => [new() { Header = header }, new()],
            "short hash" => [new() { Header = new(header) { Sha256 = ByteString.CopyFrom(new byte[31]) } }, .. chunks],
            "chunk of 85000 bytes" => [new() { Header = header }, new() { Chunk = ByteString.CopyFrom(content, 0, 85_000) }],
            "chunk of 200000 bytes" => [new() { Header = header }, new() { Chunk = ByteString.CopyFrom(new byte[200_000]) }],
            "a byte too few" => [new() { Header = new(header) { Length = header.Length + 1 } }, .. chunks],
            "a byte too many" => [new() { Header = new(header) { Length = header.Length - 1 } }, .. chunks],
            "another byte" => [new() { Header = header }, .. chunks[..2], new() { Chunk = ByteString.CopyFrom(content[120_000..^1].Append((byte)~content[^1]).ToArray()) }],
            "longer than the quota" => [new() { Header = new(header) { Length = GrpcCluster.Quota + 1 } }, .. chunks],
            "longer than any file" => [new() { Header = new(header) { Length = (2 * GrpcCluster.Quota) + 1 } }, .. chunks],
            "length of 2^64-1" => [new() { Header = new(header) { Length = ulong.MaxValue } }, .. chunks],
            "unknown peer" => [new() { Header = new(header) { PeerName = $"{peer.Name}-stranger" } }, .. chunks],
            _ => throw new ArgumentException(what, nameof(what)),
        };
    }
}
