using System.Globalization;
using System.Net;
using Granero.Tests.Support;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>The calls of the old clients in their order, against real ffmpeg. Source: protocols.md, section 4.</summary>
[Collection(VideosCollection.Name)]
public sealed class KnownClientTests(VideosCluster cluster)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task A_client_uploads_waits_downloads_and_deletes(string slash)
    {
        using var user = await cluster.NewUserAsync();
        var today = DateTime.UtcNow.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture);

        var upload = await user.UploadAsync(await Clips.PlainAsync(), "mi vídeo.mp4", path: $"/api/tasks{slash}");
        var id = upload.Json.GetProperty("task_id").GetInt64();
        var path = $"{today}/{id}_mi_video.mp4";
        Assert.Equal(HttpStatusCode.Created, upload.Status);
        Assert.Equal($$"""{"message":"Video {{path}} uploaded","task_id":{{id}}}""", upload.Text);

        var done = await user.FinishedAsync(id).Soon();
        Assert.Equal("processed", done.Json.GetProperty("status").GetString());
        Assert.Equal(path, done.Json.GetProperty("file_path").GetString());
        Assert.Equal($"{cluster.Gateway}api/video/download/{path}", done.Json.GetProperty("download").GetString());
        Assert.Equal($$"""{"data":[{"id":{{id}},"status":"processed"}]}""", (await user.GetAsync($"/api/tasks{slash}?max=10&order=1")).Text);

        var file = await user.SendAsync(HttpMethod.Get, done.Json.GetProperty("download").GetString() + slash);
        Assert.Equal("attachment", file.ContentHeaders.ContentDisposition?.DispositionType);
        Assert.Equal("video/mp4", file.ContentHeaders.ContentType?.MediaType);

        var deleted = await user.DeleteAsync($"/api/tasks/{id}{slash}");
        Assert.Equal(HttpStatusCode.OK, deleted.Status);
        Assert.Equal($$"""{"message":"Eliminado","file":"{{path}}","Task":{{id}}}""", deleted.Text);
        var gone = await user.GetAsync($"/api/tasks/{id}{slash}");
        Assert.Equal((HttpStatusCode.NotFound, """{"message":"Task not found"}"""), (gone.Status, gone.Text));
    }
}
