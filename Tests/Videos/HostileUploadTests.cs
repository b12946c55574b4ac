using System.Net;
using System.Net.Sockets;
using System.Text;
using Granero.Tests.Support;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>Files that are no videos, or mean harm: refused with a reason, nothing is read but the upload, and nothing is left of it.</summary>
[Collection(VideosCollection.Name)]
public sealed class HostileUploadTests(VideosCluster cluster)
{
    [Fact]
    public async Task Text_under_the_name_of_a_video_is_refused() => await ExpectRefusalAsync("no video at all"u8.ToArray(), "is not a video");

    [Fact]
    public async Task Nothing_under_the_name_of_a_video_is_refused() => await ExpectRefusalAsync([], "is not a video");

    [Fact]
    public async Task A_picture_that_does_not_move_is_refused() =>
        await ExpectRefusalAsync(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "logo.png"), TestContext.Current.CancellationToken), "its format is none of");

    [Fact]
    public async Task Sound_without_a_picture_is_refused() => await ExpectRefusalAsync(await Clips.SoundAloneAsync(), "no moving picture");

    [Fact]
    public async Task A_picture_that_no_memory_holds_is_refused() => await ExpectRefusalAsync(await Clips.BombAsync(), "is not a video");

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.999)]
    public async Task A_video_that_is_cut_off_is_refused(double share)
    {
        var clip = await Clips.PlainAsync();

        await ExpectRefusalAsync(clip[..(int)(clip.Length * share)], "the file ends before the video does");
    }

    [Fact]
    public async Task A_cut_off_video_of_another_format_fails_with_the_reason()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.OfSizeAsync("320x240", seconds: 4);

        var upload = await user.UploadAsync(clip[..(clip.Length / 2)], "clip.mkv");
        var task = await user.FinishedAsync(upload.Json.GetProperty("task_id").GetInt64()).Soon();

        Assert.Equal("failed", task.Json.GetProperty("status").GetString());
        Assert.Equal("The file ends before the video does.", task.Json.GetProperty("error").GetString());
        Assert.Equal("", task.Json.GetProperty("file_path").GetString());
        Assert.StartsWith("No disponible", task.Json.GetProperty("download").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../x.mp4", "x.mp4")]
    [InlineData("..\\..\\x.mp4", "x.mp4")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("año nuevo;$(rm -rf).mp4", "ano_nuevo___rm_-rf_.mp4")]
    [InlineData("...", "video")]
    public async Task A_name_is_made_safe(string name, string safe)
    {
        using var user = await cluster.NewUserAsync();

        var id = await user.UploadedAsync(await Clips.PlainAsync(), name);

        var row = Assert.Single(await cluster.Database.Rows($"select file_path from tasks where id = {id}"));
        Assert.EndsWith($"/{id}_{safe}", row, StringComparison.Ordinal);
        Assert.Single(cluster.Files("uploads"), path => path == cluster.Media.UploadPath(Guid.Parse(Path.GetFileName(path))) && File.ReadAllBytes(path).Length > 0 && IsOf(path, id).Result);

        async Task<bool> IsOf(string path, long video) =>
            (await cluster.Database.Rows($"select 1 from videos where id = {video} and upload = '{Path.GetFileName(path)}'")).Length == 1;
    }

    /// <summary>A server that would hear of it, and a file that would be in the result.</summary>
    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\n")]
    [InlineData("<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT5S\"><Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\"><BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period></MPD>")]
    [InlineData("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\na=control:{0}\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n")]
    public async Task A_playlist_reaches_neither_the_network_nor_a_local_file(string playlist)
    {
        var local = Path.GetTempFileName();
        await File.WriteAllBytesAsync(local, await Clips.PlainAsync(), TestContext.Current.CancellationToken);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        foreach (var target in new[] { $"http://{listener.LocalEndpoint}/x.mp4", $"file://{local}", local })
            await ExpectRefusalAsync(Encoding.UTF8.GetBytes(playlist.Replace("{0}", target, StringComparison.Ordinal)), "is not a video");

        Assert.False(listener.Pending());
        File.Delete(local);
    }

    private async Task ExpectRefusalAsync(byte[] file, string reason)
    {
        using var user = await cluster.NewUserAsync();

        var reply = await user.UploadAsync(file);

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        var sentence = reply.Json.GetProperty("message").GetString()!;
        Assert.Contains(reason, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.Folder, sentence, StringComparison.Ordinal);
        Assert.Equal("""{"data":[]}""", (await user.GetAsync("/api/tasks")).Text);
        Assert.DoesNotContain(cluster.Files("uploads"), path => File.ReadAllBytes(path).AsSpan().SequenceEqual(file));
    }
}
