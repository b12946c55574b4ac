using Granero.Gateways.Grpc.Peers.V1;
using Granero.Tests.Support.Peers;
using Granero.Tests.Support.Peers.Known;
using Grpc.Core;
using Xunit;
using static Granero.Tests.Support.Peers.FilesClient;

namespace Granero.Tests.Peers.Grpc;

/// <summary>Names that could lead a path astray are refused by every method, before anything is done with them.</summary>
[Collection(GrpcCollection.Name)]
public sealed class NamesTests(GrpcCluster peers)
{
    public static TheoryData<string> BadPeerNames => ["", "..", "../secret", "a/b", "/etc/passwd", "a\0b", "a\nb", " ", "\u3000", "C:\\x", "a\\b", new string('a', 300)];

    public static TheoryData<string> BadFileNames => ["", "..", "../secret", "a/../../b", "/etc/passwd", "C:\\boot.ini", "a\\b", "a\0b", "a\nb", "a//b", "./a", new string('a', 300)];

    [Theory]
    [MemberData(nameof(BadFileNames))]
    public async Task A_bad_file_name_is_refused(string name)
    {
        var (peer, _) = await peers.ShareAsync();
        await ExpectInvalidAsync(async () => await peers.Gateway.KnownClient.DownloadFileAsync(new FileRequest { PeerName = peer.Name, FileName = name }));
        await ExpectInvalidAsync(() => peers.Gateway.Files.DownloadAsync(name));
        await ExpectInvalidAsync(() => peers.Gateway.Files.PublishAsync(peer, name, [1]));
        await ExpectInvalidAsync(async () => await peers.Gateway.Files.FindAsync(new FindRequest { FileName = name }));
    }

    [Theory]
    [MemberData(nameof(BadPeerNames))]
    public async Task A_bad_peer_name_is_refused(string name)
    {
        var stranger = new Visitor(peers.Grains, name, "198.18.0.1");
        await ExpectInvalidAsync(async () => await peers.Gateway.KnownClient.DownloadFileAsync(new FileRequest { PeerName = name, FileName = "file" }));
        await ExpectInvalidAsync(() => peers.Gateway.Files.PublishAsync(stranger, "file", [1]));
        if (name.Length > 0) // without a name, any peer's will do
            await ExpectInvalidAsync(() => peers.Gateway.Files.DownloadAsync("file", name));
    }

    private static async Task ExpectInvalidAsync(Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.NotEmpty(refusal.Status.Detail);
    }
}
