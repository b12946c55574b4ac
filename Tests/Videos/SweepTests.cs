using Granero.Tests.Support;
using Granero.Tests.Support.Videos;
using Granero.Videos;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>What processes that died leave behind is removed, and nothing else.</summary>
[Collection(VideosCollection.Name)]
public sealed class SweepTests(VideosCluster cluster)
{
    [Fact]
    public async Task Files_that_belong_to_nothing_are_removed_once_they_are_old()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.PlainAsync());
        await user.FinishedAsync(id).Soon();
        var media = cluster.Media;
        var upload = Guid.Parse((await cluster.Database.Rows($"select upload from videos where id = {id}"))[0]);
        string[] wanted = [media.UploadPath(upload), media.ResultPath(id, 1)];
        string[] orphans =
        [
            media.UploadPath(Guid.NewGuid()), media.PartialPath(Guid.NewGuid()), media.IncomingPath(Guid.NewGuid()),
            media.EncodingPath(id, 1), media.ResultPath(id, 2), media.ResultPath(1L << 40, 1),
        ];
        var young = media.IncomingPath(Guid.NewGuid());
        foreach (var orphan in orphans.Append(young))
            await File.WriteAllTextAsync(orphan, "x", TestContext.Current.CancellationToken);
        foreach (var old in orphans.Concat(wanted))
            File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        await cluster.SiloService<MediaSweep>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal([], orphans.Where(File.Exists));
        Assert.All(wanted.Append(young), path => Assert.True(File.Exists(path), path));
    }

    [Fact]
    public async Task Files_of_a_deleted_video_that_could_not_be_removed_then_are_removed_later()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.PlainAsync());
        await user.FinishedAsync(id).Soon();
        await user.DeleteAsync($"/api/tasks/{id}");
        var left = cluster.Media.ResultPath(id, 1);
        await File.WriteAllTextAsync(left, "x", TestContext.Current.CancellationToken); // young, and yet nobody's
        await cluster.Database.Execute($"update deleted_videos set deleted_at = now() - interval '2 hours' where id = {id}");

        await cluster.SiloService<MediaSweep>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(left));
        Assert.Empty(await cluster.Database.Rows($"select id from deleted_videos where id = {id}"));
    }
}
