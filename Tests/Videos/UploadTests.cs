using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Granero.Tests.Support;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>Uploads by one request: what is taken, what is refused, and what is left of those that come to nothing.</summary>
[Collection(VideosCollection.Name)]
public sealed class UploadTests(VideosCluster cluster)
{
    [Fact]
    public async Task A_request_without_the_field_has_no_file_part()
    {
        using var user = await cluster.NewUserAsync();
        HttpContent?[] bodies = [null, new StringContent("x"), new MultipartFormDataContent { { new StringContent("x"), "file" } }, new MultipartFormDataContent { { new ByteArrayContent([1]), "other", "x.mp4" } }];

        foreach (var body in bodies)
        {
            var reply = await user.SendAsync(HttpMethod.Post, "/api/tasks", body);
            Assert.Equal((HttpStatusCode.BadRequest, """{"message":"No file part"}"""), (reply.Status, reply.Text));
        }
    }

    [Fact]
    public async Task The_file_may_stand_among_other_fields()
    {
        using var user = await cluster.NewUserAsync();
        using var body = new MultipartFormDataContent { { new StringContent("x"), "title" }, { new ByteArrayContent(await Clips.PlainAsync()), "\"file\"", "\"a b.mp4\"" }, { new StringContent("y"), "end" } };

        Assert.Equal(HttpStatusCode.Created, (await user.SendAsync(HttpMethod.Post, "/api/tasks", body)).Status);
    }

    [Theory]
    [InlineData(VideosCluster.MaxUploadBytes + 1)]
    [InlineData(VideosCluster.MaxUploadBytes + (5 << 20))]
    public async Task A_file_that_is_too_long_is_refused_with_413(int length)
    {
        using var user = await cluster.NewUserAsync();
        using var body = new MultipartFormDataContent { { new ByteArrayContent(new byte[length]), "file", "x.mp4" } };
        user.Http.DefaultRequestHeaders.ExpectContinue = true; // to be told in time

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await user.SendAsync(HttpMethod.Post, "/api/tasks", body)).Status);
        Assert.DoesNotContain(cluster.Files("incoming"), path => new FileInfo(path).Length > VideosCluster.MaxUploadBytes / 2);
    }

    [Fact]
    public async Task A_user_whose_room_is_used_up_is_refused_until_something_is_deleted()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var id = await user.UploadedAsync(clip);
        await user.FinishedAsync(id).Soon();
        await cluster.Database.Execute($"update videos set length = {VideosCluster.QuotaBytes} - result_length where id = {id}");

        var full = await user.UploadAsync(clip);
        await user.DeleteAsync($"/api/tasks/{id}");
        var again = await user.UploadAsync(clip);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.Created), (full.Status, again.Status));
    }

    [Fact]
    public async Task Uploads_at_the_same_time_do_not_exceed_the_quota_together()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        var first = await user.UploadedAsync(clip);
        await user.FinishedAsync(first).Soon();
        await cluster.Database.Execute($"update videos set length = {VideosCluster.QuotaBytes} - coalesce(result_length, 0) - {2.5 * clip.Length} where id = {first}");

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => user.UploadAsync(clip)));

        Assert.Equal(2, replies.Count(reply => reply.Status == HttpStatusCode.Created));
        Assert.Equal(6, replies.Count(reply => reply.Status == HttpStatusCode.RequestEntityTooLarge));
    }

    [Fact]
    public async Task Fifty_uploads_at_once_on_a_small_disk_are_refused_or_whole()
    {
        using var user = await cluster.NewUserAsync();
        var clip = await Clips.PlainAsync();
        // As if the disk had room for some of them: the rest of it counts as to be kept free.
        var keep = cluster.Media.FreeBytes - (8L << 20);
        await using var gateway = await cluster.StartGatewayAsync(("Videos:KeepFreeBytes", keep.ToString(CultureInfo.InvariantCulture)), ("Videos:MaxUploads", "20"));
        using var there = new VideosClient(gateway.MainAddress);
        there.Http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        var padding = new byte[1 << 20];

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => there.SendAsync(HttpMethod.Post, "/api/tasks", new MultipartFormDataContent
        {
            { new ByteArrayContent(clip), "file", $"{i}.mp4" }, { new ByteArrayContent(padding), "padding", "padding" },
        })));

        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.InsufficientStorage or HttpStatusCode.ServiceUnavailable, reply.Text));
        Assert.Contains(replies, reply => reply.Status is HttpStatusCode.InsufficientStorage or HttpStatusCode.ServiceUnavailable);
        var taken = replies.Where(reply => reply.Status == HttpStatusCode.Created).Select(reply => reply.Json.GetProperty("task_id").GetInt64()).ToArray();
        Assert.NotEmpty(taken);
        var uploads = await cluster.Database.Rows($"select upload, encode(sha256, 'hex') from videos where id in ({string.Join(',', taken)})");
        Assert.All(uploads.Select(row => row.Split('|')), row =>
        {
            var bytes = File.ReadAllBytes(cluster.Media.UploadPath(Guid.Parse(row[0])));
            Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(clip)), row[1]), (Convert.ToHexStringLower(SHA256.HashData(bytes)), row[1]));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(clip)), row[1]);
        });
    }

    [Fact]
    public async Task An_upload_that_is_cut_off_leaves_nothing_behind()
    {
        using var user = await cluster.NewUserAsync();
        await using var gateway = await cluster.StartGatewayAsync(); // whose end waits for its requests
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(gateway.MainAddress.Host, gateway.MainAddress.Port, TestContext.Current.CancellationToken);
            var head = $"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: {user.Http.DefaultRequestHeaders.Authorization}\r\n"
                + "Content-Type: multipart/form-data; boundary=xxx\r\nContent-Length: 10000000\r\n\r\n"
                + "--xxx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cut-off.mp4\"\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(head));
            await socket.SendAsync(new byte[3_000_000]);
            while (!cluster.Files("incoming").Any(IsLong))
                await Task.Yield(); // the gateway writes, and tells nobody
            socket.LingerState = new(enable: true, seconds: 0); // gone, without a word
        }

        await gateway.DisposeAsync();

        Assert.DoesNotContain(cluster.Files("incoming"), IsLong);
        Assert.Equal("""{"data":[]}""", (await user.GetAsync("/api/tasks")).Text);

        // Another test's file may go between the listing and the look.
        static bool IsLong(string path) => new FileInfo(path) is { Exists: true, Length: > 1_000_000 };
    }

    [Fact]
    public async Task A_gateway_without_a_media_folder_says_so()
    {
        using var user = await cluster.NewUserAsync();
        await using var gateway = await cluster.StartGatewayAsync(("Media:Root", ""));
        using var there = new VideosClient(gateway.MainAddress);
        there.Http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;

        var reply = await there.UploadAsync(await Clips.PlainAsync());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Contains("Media:Root", reply.Text, StringComparison.Ordinal);
    }
}
