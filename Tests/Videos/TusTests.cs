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

    private static Task<Reply> CreateAsync(VideosClient user, long length, string name = "x.mp4") => user.SendAsync(
        HttpMethod.Post, "/videos/uploads", null, Version, ("Upload-Length", $"{length}"), ("Upload-Metadata", $"other, filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(name))}"));

    private static Task<Reply> AppendAsync(VideosClient user, string path, long offset, byte[] bytes, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };
        return user.SendAsync(HttpMethod.Patch, path, content, [Version, ("Upload-Offset", $"{offset}"), .. headers]);
    }

    private static (string Name, string Value) Checksum(string algorithm, byte[] hash) => ("Upload-Checksum", $"{algorithm} {Convert.ToBase64String(hash)}");
}
