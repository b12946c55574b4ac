using Granero.Peers;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>The books on files in Granero's own store. Each peer may have 1000 bytes here.</summary>
[Collection(PeersCollection.Name)]
public sealed class PublishedFilesTests(PeersCluster peers)
{
    private IPublishedFilesGrain All => peers.Grains.GetGrain<IPublishedFilesGrain>(0);

    [Fact]
    public async Task A_published_file_stays_when_its_peer_leaves()
    {
        var (visitor, file) = (await LoggedIn(), FileOf(10, peers.New("file")));

        Assert.Null(await visitor.Peer.Publish(file, visitor.Caller));
        await visitor.LogOut();

        AssertSame(file with { PeerName = visitor.Name }, await visitor.Peer.FindPublished(file.Name));
        AssertSame(file with { PeerName = visitor.Name }, Assert.Single(await All.Find(file.Name)));
        Assert.Null(await visitor.Peer.FindPublished("other"));
    }

    [Fact]
    public async Task Publishing_again_under_a_name_tells_what_it_took_the_place_of_however_often_it_is_asked()
    {
        var (visitor, first) = (await LoggedIn(), FileOf(600, peers.New("file")));
        var second = FileOf(700, first.Name);
        await visitor.Peer.Publish(first, visitor.Caller);

        Assert.Equal(first.Id, await visitor.Peer.Publish(second, visitor.Caller));
        Assert.Equal(first.Id, await visitor.Peer.Publish(second, visitor.Caller));

        Assert.Equal(second.Id, (await visitor.Peer.FindPublished(first.Name))!.Id);
        var stranger = Guid.NewGuid();
        Assert.Equal([first.Id, stranger], await All.FindUnknown([first.Id, second.Id, stranger]));
    }

    [Fact]
    public async Task A_publication_that_is_sent_again_gets_its_answer_though_the_peer_has_left_meanwhile()
    {
        var (visitor, first) = (await LoggedIn(), FileOf(600, peers.New("file")));
        var second = FileOf(700, first.Name);
        await visitor.Peer.Publish(first, visitor.Caller);
        await visitor.Peer.Publish(second, visitor.Caller);
        await visitor.LogOut();

        Assert.Equal(first.Id, await visitor.Peer.Publish(second, visitor.Caller));
    }

    [Fact]
    public async Task A_publication_that_is_sent_again_does_not_take_the_place_back_from_the_next()
    {
        var (visitor, first) = (await LoggedIn(), FileOf(600, peers.New("file")));
        var second = FileOf(700, first.Name);
        await visitor.Peer.Publish(first, visitor.Caller);
        await visitor.Peer.Publish(second, visitor.Caller);

        Assert.Null(await visitor.Peer.Publish(first, visitor.Caller)); // nothing whose bytes could go

        Assert.Equal(second.Id, (await visitor.Peer.FindPublished(first.Name))!.Id);
    }

    [Fact]
    public async Task The_quota_counts_all_files_but_the_one_that_is_replaced()
    {
        var (visitor, first) = (await LoggedIn(), FileOf(600, peers.New("file")));
        await visitor.Peer.Publish(first, visitor.Caller);

        Assert.Equal(1000, await visitor.Peer.RoomToPublish(first.Name, visitor.Caller));
        Assert.Equal(400, await visitor.Peer.RoomToPublish("other", visitor.Caller));
        var refusal = await Assert.ThrowsAsync<GraneroException>(() => visitor.Peer.Publish(FileOf(401, "other"), visitor.Caller));
        Assert.Equal(ErrorCode.QuotaExceeded, refusal.Code);
        Assert.Null(await visitor.Peer.FindPublished("other"));
        await visitor.Peer.Publish(FileOf(400, "other"), visitor.Caller);
        await visitor.Peer.Publish(FileOf(600, first.Name), visitor.Caller);
    }

    [Fact]
    public async Task The_quota_holds_when_many_files_are_published_at_once()
    {
        var (visitor, store) = (await LoggedIn(), peers.SiloService<PublishedFileStore>());

        // Past the grain: as two activations would.
        var added = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => store.Add(
            FileOf(300, $"file {i}") with { PeerName = visitor.Name }, quota: 1000, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken)));

        Assert.Equal(3, added.Count(result => result is not null));
    }

    [Fact]
    public async Task A_foreigner_cannot_publish_for_a_peer_nor_anybody_for_one_who_is_not_there()
    {
        var (visitor, file) = (await LoggedIn(), FileOf(1, peers.New("file")));
        var foreigner = new Caller("203.0.113.1");

        Assert.Equal(ErrorCode.NotYours, (await Assert.ThrowsAsync<GraneroException>(() => visitor.Peer.Publish(file, foreigner))).Code);
        Assert.Equal(ErrorCode.NotYours, (await Assert.ThrowsAsync<GraneroException>(() => visitor.Peer.RoomToPublish(file.Name, foreigner))).Code);
        await visitor.LogOut();
        Assert.Equal(ErrorCode.PeerNotLoggedIn, (await Assert.ThrowsAsync<GraneroException>(() => visitor.Peer.Publish(file, visitor.Caller))).Code);
        Assert.Empty(await All.Find(file.Name));
    }

    private static PublishedFile FileOf(long length, string name) => new(Guid.CreateVersion7(), "", name, length, new byte[32]);

    private static void AssertSame(PublishedFile expected, PublishedFile? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Sha256, actual.Sha256);
        Assert.Equal(expected, actual with { Sha256 = expected.Sha256 });
    }

    private async Task<Visitor> LoggedIn()
    {
        var visitor = new Visitor(peers, peers.New("peer"), peers.NewIp());
        await visitor.LogIn();
        return visitor;
    }
}
