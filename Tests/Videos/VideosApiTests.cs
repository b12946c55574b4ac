using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Granero.Tests.Support;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>Lists, downloads, who may see what, and what only new clients can do.</summary>
[Collection(VideosCollection.Name)]
public sealed class VideosApiTests(VideosCluster cluster)
{
    [Fact]
    public async Task To_others_a_video_is_not_there()
    {
        using var owner = await cluster.NewUserAsync();
        using var other = await cluster.NewUserAsync();
        var id = await owner.UploadedAsync(await Clips.PlainAsync());
        var path = (await owner.FinishedAsync(id).Soon()).Json.GetProperty("file_path").GetString();

        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/tasks/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"/api/tasks/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/video/download/{path}")).Status);
        foreach (var part in new[] { "", "/events", "/file" })
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/videos/{id}{part}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/videos/{id}/cancel")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/videos/{id}/retry")).Status);
        Assert.Equal("""{"data":[]}""", (await other.GetAsync("/api/tasks")).Text);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync($"/api/video/download/{path}")).Status);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999999999999999999")]
    public async Task What_is_no_number_of_a_video_is_not_found(string id)
    {
        using var user = await cluster.NewUserAsync();

        var reply = await user.GetAsync($"/api/tasks/{id}");

        Assert.Equal((HttpStatusCode.NotFound, """{"message":"Task not found"}"""), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task A_list_has_an_order_and_a_length()
    {
        using var user = await cluster.NewUserAsync();
        var ids = new List<long>();
        for (var i = 0; i < 3; i++)
            ids.Add(await user.UploadedAsync(await Clips.OfSecondsAsync(0.1)));

        Assert.Equal(ids, await ListAsync("order=0"));
        Assert.Equal(Enumerable.Reverse(ids), await ListAsync("order=1"));
        Assert.Equal([ids[2], ids[1]], await ListAsync("order=1&max=2"));
        Assert.Empty(await ListAsync("max=0"));
        Assert.Equal(ids, await ListAsync(""));
        foreach (var wrong in new[] { "order=2", "max=-1", "max=x" })
            Assert.Equal(HttpStatusCode.BadRequest, (await user.GetAsync($"/api/tasks?{wrong}")).Status);

        async Task<long[]> ListAsync(string query) =>
            [.. (await user.GetAsync($"/api/tasks?{query}")).Json.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64())];
    }

    [Fact]
    public async Task The_head_of_what_can_be_read_is_to_be_had_alone()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.PlainAsync());
        var download = new Uri((await user.FinishedAsync(id).Soon()).Json.GetProperty("download").GetString()!).AbsolutePath;

        foreach (var path in new[] { "/api/tasks", "/api/tasks/", $"/api/tasks/{id}", "/videos", $"/videos/{id}", download, $"/videos/{id}/file" })
        {
            var (head, whole) = (await user.SendAsync(HttpMethod.Head, path), await user.GetAsync(path));
            Assert.Equal((path, HttpStatusCode.OK, ""), (path, head.Status, head.Text));
            Assert.Equal((whole.ContentHeaders.ContentType, whole.Headers.ETag), (head.ContentHeaders.ContentType, head.Headers.ETag));
        }

        Assert.Equal((await user.GetAsync(download)).ContentHeaders.ContentLength, (await user.SendAsync(HttpMethod.Head, download)).ContentHeaders.ContentLength);
        Assert.Equal(HttpStatusCode.NotFound, (await user.SendAsync(HttpMethod.Head, "/videos/999999999/file")).Status);
    }

    [Fact]
    public async Task A_download_can_be_had_in_ranges_and_is_not_sent_twice()
    {
        using var user = await cluster.NewUserAsync();
        var link = (await user.FinishedAsync(await user.UploadedAsync(await Clips.PlainAsync())).Soon()).Json.GetProperty("download").GetString()!;
        var whole = await user.Http.GetAsync(link, TestContext.Current.CancellationToken);
        var bytes = await whole.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        using var range = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { Range = new(100, 199) } };
        using var part = await user.Http.SendAsync(range, TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { IfNoneMatch = { whole.Headers.ETag! } } };
        using var same = await user.Http.SendAsync(again, TestContext.Current.CancellationToken);
        using var changed = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { Range = new(100, 199), IfRange = new(new EntityTagHeaderValue("\"other\"")) } };
        using var anew = await user.Http.SendAsync(changed, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[100..200], await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"bytes 100-199/{bytes.Length}", part.Content.Headers.ContentRange?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(HttpStatusCode.OK, anew.StatusCode);
    }

    [Fact]
    public async Task Links_begin_with_the_public_address_where_one_is_set()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.PlainAsync());
        await user.FinishedAsync(id).Soon();
        await using var gateway = await cluster.StartGatewayAsync(("Rest:PublicUrl", "https://videos.example.org/granero/"));
        using var there = new VideosClient(gateway.MainAddress);
        there.Http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;

        var task = await there.GetAsync($"/api/tasks/{id}");

        Assert.StartsWith("https://videos.example.org/granero/api/video/download/", task.Json.GetProperty("download").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_told_as_it_comes_and_ends_with_the_result()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.SlowAsync());

        var events = await user.FollowAsync(id, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        var percents = events.Select(told => told.GetProperty("percent").GetInt32()).ToArray();
        Assert.Equal(percents.Order(), percents);
        Assert.Contains(percents, percent => percent is > 0 and < 100);
        Assert.Equal(("processed", 100), (events[^1].GetProperty("status").GetString(), percents[^1]));
        Assert.Equal($"{cluster.Gateway}videos/{id}/file", events[^1].GetProperty("download").GetString());
        Assert.NotEmpty(await user.Http.GetByteArrayAsync(events[^1].GetProperty("download").GetString(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_video_that_is_being_processed_is_cancelled_at_once_and_can_be_tried_again()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.SlowAsync());
        await UntilAsync(user, id, "processing");

        var cancelled = await user.PostAsync($"/videos/{id}/cancel");
        await UntilGoneAsync(id);

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (cancelled.Status, cancelled.Json.GetProperty("status").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await user.PostAsync($"/videos/{id}/cancel")).Status);
        Assert.Equal("failed", (await user.GetAsync($"/api/tasks/{id}")).Json.GetProperty("status").GetString());
        await user.PostAsync($"/videos/{id}/retry");
        await UntilAsync(user, id, "processing");
        await user.DeleteAsync($"/videos/{id}");
        await UntilGoneAsync(id);
    }

    [Fact]
    public async Task Deleting_ends_the_processing_at_once_and_removes_both_files()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.SlowAsync());
        var upload = (await cluster.Database.Rows($"select upload from videos where id = {id}"))[0];
        await UntilAsync(user, id, "processing");

        Assert.Equal(HttpStatusCode.OK, (await user.DeleteAsync($"/api/tasks/{id}")).Status);

        Assert.False(File.Exists(cluster.Media.UploadPath(Guid.Parse(upload))));
        await UntilGoneAsync(id);
        Assert.Equal(HttpStatusCode.NotFound, (await user.GetAsync($"/videos/{id}")).Status);
    }

    [Fact]
    public async Task Deleting_a_processed_video_removes_both_files()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.PlainAsync());
        var upload = Guid.Parse((await cluster.Database.Rows($"select upload from videos where id = {id}"))[0]);
        await user.FinishedAsync(id).Soon();
        Assert.True(File.Exists(cluster.Media.UploadPath(upload)) && File.Exists(cluster.Media.ResultPath(id, 1)));

        await user.DeleteAsync($"/api/tasks/{id}");

        Assert.False(File.Exists(cluster.Media.UploadPath(upload)) || File.Exists(cluster.Media.ResultPath(id, 1)));
    }

    [Fact]
    public async Task A_request_to_delete_that_is_sent_again_gets_the_same_answer()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.OfSecondsAsync(0.1));
        var userId = long.Parse((await cluster.Database.Rows($"select user_id from videos where id = {id}"))[0], CultureInfo.InvariantCulture);
        var (video, request) = (cluster.Grains.GetGrain<Granero.Videos.IVideoGrain>(id), Guid.NewGuid());

        var first = await video.Delete(userId, request);
        var second = await video.Delete(userId, request);

        Assert.Equal(first.FilePath, second.FilePath);
        var refusal = await Assert.ThrowsAsync<GraneroException>(() => video.Delete(userId, Guid.NewGuid()));
        Assert.Equal(ErrorCode.VideoNotFound, refusal.Code);
    }

    [Fact]
    public async Task Only_what_can_be_cancelled_or_tried_again_is()
    {
        using var user = await cluster.NewUserAsync();
        var id = await user.UploadedAsync(await Clips.PlainAsync());
        await user.FinishedAsync(id).Soon();

        Assert.Equal(HttpStatusCode.Conflict, (await user.PostAsync($"/videos/{id}/cancel")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await user.PostAsync($"/videos/{id}/retry")).Status);
    }

    [Fact]
    public async Task The_new_routes_are_described_by_OpenAPI()
    {
        using var client = new VideosClient(cluster.Gateway);

        var paths = (await client.GetAsync("/openapi/v1.json")).Json.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();

        foreach (var path in new[] { "/videos", "/videos/{id}", "/videos/{id}/events", "/videos/{id}/cancel", "/videos/{id}/retry", "/videos/{id}/file", "/videos/uploads", "/videos/uploads/{id}" })
            Assert.Contains(path, paths);
    }

    /// <summary>Until nothing is being written for the video any more: its ffmpeg is dead, and what it wrote is gone.</summary>
    private async Task UntilGoneAsync(long id)
    {
        await Task.Run(async () =>
        {
            while (cluster.Files("encoding").Any(path => Path.GetFileName(path).StartsWith($"{id}.", StringComparison.Ordinal)))
                await Task.Yield();
        }).Soon();
    }

    private static async Task UntilAsync(VideosClient user, long id, string status)
    {
        await Task.Run(async () =>
        {
            while ((await user.GetAsync($"/videos/{id}")).Json.GetProperty("status").GetString() != status)
                await Task.Yield();
        }).Soon();
    }
}
