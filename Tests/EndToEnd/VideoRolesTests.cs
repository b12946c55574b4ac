using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.EndToEnd;

/// <summary>Silos of two kinds: those that process videos, and those that do not.</summary>
public sealed class VideoRolesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whichever_silo_takes_the_call_the_one_that_processes_videos_looks_at_the_upload_and_does_the_work()
    {
        if (!Ffmpeg.IsThere)
            throw Ffmpeg.Missing();
        await using var granero = await VideoProcesses.StartAsync(encoders: [0, 1], Cancelled);
        for (var i = 0; i < 6; i++) // some of their libraries are on either silo
        {
            using var user = await VideosClient.LogInAsync(granero.Address);
            var task = await user.FinishedAsync(await user.UploadedAsync(await Clips.OfSecondsAsync(0.2)), Cancelled);
            Assert.Equal("processed", task.Json.GetProperty("status").GetString());
        }

        Assert.Equal("6|1", await granero.RowAsync($"select count(*), count(distinct encoder) from videos where encoder like '%/{granero.Silos[1].Id}'", Cancelled));
    }
}
