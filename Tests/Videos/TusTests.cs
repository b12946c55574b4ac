using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Granero.Tests.Support;
using Granero.Tests.Support.Videos;
using Xunit;
using Reply = Granero.Tests.Support.Videos.VideosClient.Reply;

namespace Granero.Tests.Videos;

/// <summary>Resumable uploads. Source: tus 1.0.</summary>
[Collection(VideosCollection.Name)]
public sealed class TusTests(VideosCluster cluster)
{
    /// <summary>More than HttpClient keeps back until there are others.</summary>
    private const int FirstBytes = 12_000;

    private static readonly (string Name, string Value) Version = ("Tus-Resumable", "1.0.0");

    [Fact]
    public async Task The_server_says_what_it_can()
    {
        using var client = new VideosClient(cluster.Gateway);

        var reply = await client.SendAsync(HttpMethod.Options, "/videos/uploads");

        Assert.Equal(HttpStatusCode.NoContent, reply.Status);
        Assert.Equal(("1.0.0", "creation,expiration,checksum,termination", $"{VideosCluster.MaxUploadBytes}"), (reply.Header("Tus-Version"), reply.Header("Tus-Extension"), reply.Header("Tus-Max-Size")));
        Assert.Contains("sha1", reply.Header("Tus-Checksum-Algorithm"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_comes_in_three_requests_by_two_gateways_and_becomes_a_video()
    {
        using var user = await cluster.NewUserAsync();
        await using var another = await cluster.StartGatewayAsync();
        using var there = new VideosClient(another.MainAddress);
        there.Http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        var clip = await Clips.PlainAsync();

        var created = await CreateAsync(user, clip.Length, "vídeo.mp4");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.NotNull(created.ContentHeaders.Expires?.ToString() ?? created.Header("Upload-Expires"));
        var path = created.Headers.Location!.AbsolutePath;
        var first = await AppendAsync(user, path, 0, clip[..1000]);
        Assert.Equal((HttpStatusCode.NoContent, "1000", "1.0.0"), (first.Status, first.Header("Upload-Offset"), first.Header("Tus-Resumable")));
        await AppendAsync(there, path, 1000, clip[1000..2000]);
        var asked = await user.SendAsync(HttpMethod.Head, path, headers: Version);
        Assert.Equal(("2000", $"{clip.Length}", "no-store"), (asked.Header("Upload-Offset"), asked.Header("Upload-Length"), asked.Headers.CacheControl?.ToString()));
        var last = await AppendAsync(user, path, 2000, clip[2000..]);

        Assert.Equal(HttpStatusCode.NoContent, last.Status);
        var id = long.Parse(last.Header("Granero-Video-Id")!, System.Globalization.CultureInfo.InvariantCulture);
        var task = await user.FinishedAsync(id).Soon();
        Assert.Equal("processed", task.Json.GetProperty("status").GetString());
        Assert.EndsWith($"{id}_video.mp4", task.Json.GetProperty("file_path").GetString(), StringComparison.Ordinal);
        Assert.Equal([Convert.ToHexStringLower(SHA256.HashData(clip))], await cluster.Database.Rows($"select encode(sha256, 'hex') from videos where id = {id}"));
        var after = await user.SendAsync(HttpMethod.Head, path, headers: Version);
        Assert.Equal(($"{clip.Length}", $"{id}"), (after.Header("Upload-Offset"), after.Header("Granero-Video-Id")));
        var repeated = await AppendAsync(user, path, clip.Length, []);
        Assert.Equal((HttpStatusCode.NoContent, $"{id}"), (repeated.Status, repeated.Header("Granero-Video-Id")));
        Assert.False(File.Exists(cluster.Media.PartialPath(Guid.Parse(path.Split('/')[^1]))));
    }

    [Fact]
    public async Task What_breaks_the_protocol_is_refused()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var path = (await CreateAsync(user, clip.Length)).Headers.Location!.AbsolutePath;

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await user.SendAsync(HttpMethod.Head, path)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await AppendAsync(user, path, 5, clip[5..])).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await user.SendAsync(HttpMethod.Patch, path, new StringContent("x"), Version, ("Upload-Offset", "0"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await user.SendAsync(HttpMethod.Post, "/videos/uploads", headers: Version)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await CreateAsync(user, VideosCluster.MaxUploadBytes + 1)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await AppendAsync(user, path, 0, [.. clip, 0])).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await user.SendAsync(HttpMethod.Head, $"/videos/uploads/{Guid.NewGuid()}", headers: Version)).Status);
    }

    [Fact]
    public async Task Bytes_with_another_checksum_are_not_kept()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var path = (await CreateAsync(user, clip.Length)).Headers.Location!.AbsolutePath;
        await AppendAsync(user, path, 0, clip[..500], Checksum("sha256", SHA256.HashData(clip[..500])));

        var wrong = await AppendAsync(user, path, 500, clip[500..900], Checksum("sha1", new byte[20]));
        var unknown = await AppendAsync(user, path, 500, clip[500..900], Checksum("crc9", new byte[20]));
        var asked = await user.SendAsync(HttpMethod.Head, path, headers: Version);

        Assert.Equal((460, HttpStatusCode.BadRequest, "500"), ((int)wrong.Status, unknown.Status, asked.Header("Upload-Offset")));
    }

    [Fact]
    public async Task An_upload_can_be_given_up_and_is_nobody_elses()
    {
        using var user = await cluster.NewUserAsync();
        using var other = await cluster.NewUserAsync();
        var path = (await CreateAsync(user, 1000)).Headers.Location!.AbsolutePath;

        Assert.Equal(HttpStatusCode.NotFound, (await other.SendAsync(HttpMethod.Head, path, headers: Version)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.SendAsync(HttpMethod.Delete, path, headers: Version)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await user.SendAsync(HttpMethod.Delete, path, headers: Version)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await user.SendAsync(HttpMethod.Head, path, headers: Version)).Status);
        Assert.False(File.Exists(cluster.Media.PartialPath(Guid.Parse(path.Split('/')[^1]))));
    }

    [Fact]
    public async Task An_upload_that_is_no_video_is_refused_at_its_end_and_gone()
    {
        using var user = await cluster.NewUserAsync();
        var path = (await CreateAsync(user, 4)).Headers.Location!.AbsolutePath;

        var reply = await AppendAsync(user, path, 0, "text"u8.ToArray());

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Contains("not a video", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await user.SendAsync(HttpMethod.Head, path, headers: Version)).Status);
    }

    [Fact]
    public async Task An_upload_that_has_expired_is_gone_and_its_file_is_swept()
    {
        using var user = await cluster.NewUserAsync();
        var path = (await CreateAsync(user, 1000)).Headers.Location!.AbsolutePath;
        await AppendAsync(user, path, 0, new byte[10]);
        var id = Guid.Parse(path.Split('/')[^1]);
        await cluster.Database.Execute($"update video_uploads set expires_at = now() where id = '{id}'");
        File.SetLastWriteTimeUtc(cluster.Media.PartialPath(id), DateTime.UtcNow.AddDays(-1));

        Assert.Equal(HttpStatusCode.NotFound, (await user.SendAsync(HttpMethod.Head, path, headers: Version)).Status);
        await cluster.SiloService<Granero.Videos.MediaSweep>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.False(File.Exists(cluster.Media.PartialPath(id)));
    }

    [Fact]
    public async Task Bytes_whose_checksum_is_still_to_come_do_not_count()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var path = (await CreateAsync(user, clip.Length)).Headers.Location!.AbsolutePath;
        var body = new Pipe();
        var patch = AppendAsync(user, path, 0, new StreamContent(body.Reader.AsStream()), Checksum("sha256", SHA256.HashData(clip)));
        await body.Writer.WriteAsync(clip.AsMemory(0, FirstBytes));
        await ReceivedAsync(path);

        var asked = await user.SendAsync(HttpMethod.Head, path, headers: Version);
        await body.Writer.WriteAsync(clip.AsMemory(FirstBytes));
        await body.Writer.CompleteAsync();

        Assert.Equal("0", asked.Header("Upload-Offset"));
        var last = await patch;
        Assert.Equal((HttpStatusCode.NoContent, $"{clip.Length}"), (last.Status, last.Header("Upload-Offset")));
    }

    [Fact]
    public async Task An_upload_that_is_given_up_while_bytes_come_is_gone_for_them_too()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var path = (await CreateAsync(user, clip.Length)).Headers.Location!.AbsolutePath;
        var body = new Pipe();
        var patch = AppendAsync(user, path, 0, new StreamContent(body.Reader.AsStream()));
        await body.Writer.WriteAsync(clip.AsMemory(0, FirstBytes));
        await ReceivedAsync(path);

        var given = await user.SendAsync(HttpMethod.Delete, path, headers: Version);
        await body.Writer.WriteAsync(clip.AsMemory(FirstBytes));
        await body.Writer.CompleteAsync();

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (given.Status, (await patch).Status));
    }

    [Fact]
    public async Task An_end_that_is_sent_again_and_again_makes_one_video_or_is_told_to_wait()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var path = (await CreateAsync(user, clip.Length)).Headers.Location!.AbsolutePath;
        await AppendAsync(user, path, 0, clip[..^10]);
        await File.AppendAllBytesAsync(cluster.Media.PartialPath(Guid.Parse(path.Split('/')[^1])), clip[^10..], TestContext.Current.CancellationToken);

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AppendAsync(user, path, clip.Length, [])));

        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.NoContent or HttpStatusCode.Locked, reply.Text));
        Assert.Single(replies.Where(reply => reply.Status == HttpStatusCode.NoContent).Select(reply => reply.Header("Granero-Video-Id")).Distinct());
    }

    [Fact]
    public async Task An_end_that_is_refused_is_refused_however_often_it_is_sent()
    {
        using var user = await cluster.NewUserAsync();
        var path = (await CreateAsync(user, 4)).Headers.Location!.AbsolutePath;
        await File.WriteAllBytesAsync(cluster.Media.PartialPath(Guid.Parse(path.Split('/')[^1])), "text"u8.ToArray(), TestContext.Current.CancellationToken);

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AppendAsync(user, path, 4, [])));

        // Conflict: the file was gone already, and with it the offset.
        Assert.All(replies, reply => Assert.True(
            reply.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Locked, reply.Text));
        Assert.Equal(HttpStatusCode.NotFound, (await user.SendAsync(HttpMethod.Head, path, headers: Version)).Status);
    }

    [Fact]
    public async Task What_uploads_may_bring_counts_from_their_beginning_on()
    {
        using var user = await cluster.NewUserAsync();
        var begun = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => CreateAsync(user, VideosCluster.MaxUploadBytes)));
        var whole = await user.UploadAsync(await Clips.PlainAsync());
        await user.SendAsync(HttpMethod.Delete, begun.First(reply => reply.Status == HttpStatusCode.Created).Headers.Location!.AbsolutePath, headers: Version);
        var after = await user.UploadAsync(await Clips.PlainAsync());

        var room = VideosCluster.QuotaBytes / VideosCluster.MaxUploadBytes;
        Assert.Equal((room, 5 - room), (begun.Count(reply => reply.Status == HttpStatusCode.Created), begun.Count(reply => reply.Status == HttpStatusCode.RequestEntityTooLarge)));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.Created), (whole.Status, after.Status));
    }

    [Fact]
    public async Task What_was_said_of_an_upload_is_told_again_also_of_the_video_it_becomes()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var path = (await CreateAsync(user, clip.Length)).Headers.Location!.AbsolutePath;
        var before = await user.SendAsync(HttpMethod.Head, path, headers: Version);
        await AppendAsync(user, path, 0, clip);
        var after = await user.SendAsync(HttpMethod.Head, path, headers: Version);

        var said = $"other, filename {Convert.ToBase64String("x.mp4"u8)}";
        Assert.Equal((said, said), (before.Header("Upload-Metadata"), after.Header("Upload-Metadata")));
        var silent = await user.SendAsync(HttpMethod.Post, "/videos/uploads", null, Version, ("Upload-Length", "10"));
        Assert.Null((await user.SendAsync(HttpMethod.Head, silent.Headers.Location!.AbsolutePath, headers: Version)).Header("Upload-Metadata"));
    }

    [Fact]
    public async Task A_client_that_can_only_post_names_the_method_in_a_header()
    {
        using var user = await cluster.NewUserAsync();
        var path = (await CreateAsync(user, 1000)).Headers.Location!.AbsolutePath;
        using var body = new ByteArrayContent(new byte[10]) { Headers = { ContentType = new("application/offset+octet-stream") } };

        var patched = await user.SendAsync(HttpMethod.Post, path, body, Version, ("Upload-Offset", "0"), ("X-HTTP-Method-Override", "PATCH"));
        var deleted = await user.SendAsync(HttpMethod.Post, path, null, Version, ("X-HTTP-Method-Override", "delete"));

        Assert.Equal((HttpStatusCode.NoContent, "10", HttpStatusCode.NoContent), (patched.Status, patched.Header("Upload-Offset"), deleted.Status));
    }

    [Fact]
    public async Task Every_reply_says_which_version_it_speaks()
    {
        using var user = await cluster.NewUserAsync();
        using var nobody = new VideosClient(cluster.Gateway);
        Reply[] replies =
        [
            await nobody.SendAsync(HttpMethod.Post, "/videos/uploads", headers: Version),
            await user.SendAsync(HttpMethod.Head, "/videos/uploads/no-number", headers: Version),
            await user.SendAsync(HttpMethod.Put, "/videos/uploads", headers: Version),
        ];

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed], replies.Select(reply => reply.Status));
        Assert.All(replies, reply => Assert.Equal("1.0.0", reply.Header("Tus-Resumable")));
        Assert.Null((await user.GetAsync("/videos")).Header("Tus-Resumable"));
    }

    /// <summary>Waits until the gateway has written some bytes of a request, to the upload or apart, which it tells nobody.</summary>
    private async Task ReceivedAsync(string path)
    {
        var (partial, began) = (cluster.Media.PartialPath(Guid.Parse(path.Split('/')[^1])), Stopwatch.GetTimestamp());
        while (!cluster.Files("incoming").Append(partial).Any(file => new FileInfo(file) is { Exists: true, Length: > 0 }))
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 30);
            await Task.Yield();
        }
    }

    private static Task<Reply> CreateAsync(VideosClient user, long length, string name = "x.mp4") => user.SendAsync(
        HttpMethod.Post, "/videos/uploads", null, Version, ("Upload-Length", $"{length}"), ("Upload-Metadata", $"other, filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(name))}"));

    private static Task<Reply> AppendAsync(VideosClient user, string path, long offset, byte[] bytes, params (string Name, string Value)[] headers) =>
        AppendAsync(user, path, offset, new ByteArrayContent(bytes), headers);

    private static Task<Reply> AppendAsync(VideosClient user, string path, long offset, HttpContent content, params (string Name, string Value)[] headers)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        return user.SendAsync(HttpMethod.Patch, path, content, [Version, ("Upload-Offset", $"{offset}"), .. headers]);
    }

    private static (string Name, string Value) Checksum(string algorithm, byte[] hash) => ("Upload-Checksum", $"{algorithm} {Convert.ToBase64String(hash)}");
}
