using System.Globalization;
using System.Text.Json;
using Granero.Tests.Support;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>What comes out of real ffmpeg, as ffprobe sees it. Source: protocols.md, section 4.</summary>
[Collection(VideosCollection.Name)]
public sealed class ResultTests(VideosCluster cluster)
{
    private static readonly byte[] LogoBackground = [0xf6, 0xef, 0xe0];

    [Theory]
    [InlineData("321x243", 320, 180)]
    [InlineData("90x160", 90, 50)]
    [InlineData("1x1", 16, 8)]
    [InlineData("33x7", 32, 18)]
    public async Task Any_size_becomes_16_to_9_at_the_sources_width(string size, int width, int height)
    {
        var result = await ProcessAsync(await Clips.OfSizeAsync(size));

        Assert.Equal((width, height), (result.Width, result.Height));
        Assert.InRange(result.Seconds, 4.9, 5.1);
    }

    [Fact]
    public async Task A_turned_picture_counts_as_it_is_shown()
    {
        var result = await ProcessAsync(await Clips.TurnedAsync());

        Assert.Equal((180, 102), (result.Width, result.Height)); // 320x180 upright: 180 wide
    }

    [Theory]
    [InlineData("60")]
    [InlineData("30000/1001")]
    [InlineData("5")]
    public async Task Any_rate_becomes_24_frames_a_second(string rate)
    {
        var result = await ProcessAsync(await Clips.OfRateAsync(rate));

        Assert.InRange(result.Frames, (5 * 24) - 5, (5 * 24) + 5);
    }

    [Fact]
    public async Task A_variable_rate_becomes_a_constant_one()
    {
        var result = await ProcessAsync(await Clips.OfVariableRateAsync());

        Assert.InRange(result.Frames, (8 * 24) - 6, (8 * 24) + 6);
    }

    [Theory]
    [InlineData(0.05, 4)]
    [InlineData(3, 7)]
    [InlineData(18, 20)]
    public async Task The_picture_is_cut_to_16_seconds_between_two_logos(double seconds, double expected)
    {
        var result = await ProcessAsync(await Clips.OfSecondsAsync(seconds));

        Assert.InRange(result.Seconds, expected, Math.Min(expected + 0.2, 20.1));
        Assert.True(result.HasSound);
    }

    [Theory]
    [InlineData("1/10", 40)]
    [InlineData("1/100", 200)]
    [InlineData("1/36000", 72_000)]
    public async Task Pictures_that_are_far_apart_do_not_lengthen_it(string rate, double seconds)
    {
        var result = await ProcessAsync(await Clips.OfRateAsync(rate, seconds));

        Assert.Equal((20 * 24, 20.0), (result.Frames, result.Seconds));
    }

    [Fact]
    public async Task Pictures_that_come_long_after_the_sound_do_not_lengthen_it()
    {
        var result = await ProcessAsync(await Clips.OfLatePicturesAsync());

        Assert.InRange(result.Seconds, 4, 20.01);
    }

    [Fact]
    public async Task A_sound_with_a_gap_of_hours_is_cut_as_the_picture_is()
    {
        var result = await ProcessAsync(await Clips.OfSoundWithGapAsync());

        Assert.InRange(result.Seconds, 6.9, 7.2);
        Assert.True(result.HasSound);
    }

    [Theory]
    [InlineData(1, "24", false)]
    [InlineData(1, "60", false)]
    [InlineData(1, "60", true)]
    [InlineData(1, "120", false)]
    [InlineData(1, "1000", false)]
    [InlineData(2, "60", false)]
    [InlineData(3, "60", false)]
    public async Task A_glimpse_is_seen_between_the_logos(int frames, string rate, bool withSound)
    {
        var result = await ProcessAsync(await Clips.OfFramesAsync(frames, rate, withSound));

        Assert.InRange(result.Frames, (4 * 24) + 1, (4 * 24) + 5);
        Assert.Equal(withSound, result.HasSound);
    }

    [Fact]
    public async Task A_cover_that_comes_first_is_not_the_picture()
    {
        using var user = await cluster.NewUserAsync();
        var path = await user.DownloadAsync(await user.FinishedAsync(await user.UploadedAsync(await Clips.WithCoverInFrontAsync())).Soon());

        Assert.Equal("green", Name(await Ffmpeg.ColorAtAsync(path, 2.5)));
        File.Delete(path);
    }

    [Fact]
    public async Task Sound_of_ten_channels_that_nobody_named_is_mixed_down()
    {
        using var user = await cluster.NewUserAsync();
        var path = await user.DownloadAsync(await user.FinishedAsync(await user.UploadedAsync(await Clips.OfTenChannelsAsync(), "clip.mov")).Soon());

        var loudness = await Ffmpeg.LoudnessAsync(path);
        Assert.Equal([false, false, true, true, false, false], loudness.Take(6).Select(level => level > -40));
        File.Delete(path);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("garbage")]
    [InlineData("more garbage than a box's head has bytes")]
    public async Task What_lies_behind_a_whole_video_is_passed_over(string behind)
    {
        var result = await ProcessAsync([.. await Clips.PlainAsync(), .. System.Text.Encoding.ASCII.GetBytes(behind)]);

        Assert.InRange(result.Seconds, 5.9, 6.1);
    }

    [Fact]
    public async Task A_video_without_sound_stays_without()
    {
        var result = await ProcessAsync(await Clips.OfRateAsync("24"));

        Assert.False(result.HasSound);
    }

    [Fact]
    public async Task Logo_picture_and_logo_follow_each_other_and_sound_is_under_the_picture_alone()
    {
        using var user = await cluster.NewUserAsync();
        var path = await user.DownloadAsync(await user.FinishedAsync(await user.UploadedAsync(await Clips.OfTwoColorsAsync())).Soon());

        foreach (var (second, color) in new[] { (0.5, "logo"), (1.5, "logo"), (2.5, "red"), (3.5, "green"), (4.5, "logo"), (5.5, "logo") })
            Assert.Equal((second, color), (second, Name(await Ffmpeg.ColorAtAsync(path, second))));
        var loudness = await Ffmpeg.LoudnessAsync(path);
        Assert.Equal([false, false, true, true, false, false], loudness.Take(6).Select(level => level > -40));
        File.Delete(path);
    }

    [Fact]
    public async Task Nothing_of_the_result_has_to_be_fetched_before_it_begins_to_play()
    {
        using var user = await cluster.NewUserAsync();
        var path = await user.DownloadAsync(await user.FinishedAsync(await user.UploadedAsync(await Clips.PlainAsync())).Soon());

        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        File.Delete(path);

        Assert.InRange(bytes.AsSpan().IndexOf("moov"u8), 1, bytes.AsSpan().IndexOf("mdat"u8));
    }

    private static string Name(byte[] color) => color switch
    {
        [> 180, < 90, < 90] => "red",
        [< 90, > 180, < 90] => "green",
        _ when color.Zip(LogoBackground, (is_, was) => Math.Abs(is_ - was)).Max() < 70 => "logo",
        _ => Convert.ToHexString(color),
    };

    private async Task<Result> ProcessAsync(byte[] clip)
    {
        using var user = await cluster.NewUserAsync();
        var task = await user.FinishedAsync(await user.UploadedAsync(clip)).Soon();
        Assert.True(task.Json.GetProperty("status").GetString() == "processed", task.Text);
        var path = await user.DownloadAsync(task);
        var report = await Ffmpeg.ProbeAsync(path);
        File.Delete(path);
        return Result.Of(report);
    }

    private sealed record Result(int Width, int Height, int Frames, double Seconds, bool HasSound)
    {
        public static Result Of(JsonElement report)
        {
            var streams = report.GetProperty("streams").EnumerateArray().ToArray();
            var picture = Assert.Single(streams, stream => Text(stream, "codec_type") == "video");
            Assert.Equal(("h264", "yuv420p", "24/1"), (Text(picture, "codec_name"), Text(picture, "pix_fmt"), Text(picture, "avg_frame_rate")));
            var hasSound = streams.Any(stream => Text(stream, "codec_type") == "audio");
            return new(
                picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32(),
                int.Parse(Text(picture, "nb_read_frames"), CultureInfo.InvariantCulture),
                double.Parse(Text(report.GetProperty("format"), "duration"), CultureInfo.InvariantCulture), hasSound);
        }

        private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
    }
}
