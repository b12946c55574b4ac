using Granero.Videos;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Granero.Tests.Videos;

public sealed class VideosSettingsTests
{
    public static TheoryData<VideosOptions, string> Mistakes { get; } = new()
    {
        { new() { Encoders = -1 }, "Videos:Encoders is -1" },
        { new() { Encoders = 1 }, "Videos:Encoders is 1 and Media:Root is missing" },
        { new() { QuotaBytes = -1 }, "Videos:QuotaBytes is -1" },
        { new() { MaxPixels = 0 }, "Videos:MaxPixels is 0" },
        { new() { Lease = TimeSpan.Zero }, "Videos:Lease is 00:00:00" },
        { new() { TimeLimit = TimeSpan.Zero }, "Videos:TimeLimit is 00:00:00" },
        { new() { MemoryBytes = 1 }, "Videos:MemoryBytes is 1" },
        { new() { MaxAttempts = 0 }, "Videos:MaxAttempts is 0" },
        { new() { LookEvery = TimeSpan.Zero }, "Videos:LookEvery is 00:00:00" },
        { new() { UploadExpiresAfter = TimeSpan.Zero }, "Videos:UploadExpiresAfter is 00:00:00" },
        { new() { SweepAfter = TimeSpan.Zero }, "Videos:SweepAfter is 00:00:00" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void A_setting_that_makes_no_sense_is_named(VideosOptions options, string sentence) =>
        Assert.StartsWith(sentence, Validate(options, root: "").FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void Without_a_media_folder_a_silo_needs_no_ffmpeg() => Assert.True(Validate(new() { Ffmpeg = "no-such-program" }, root: "").Succeeded);

    [Fact]
    public void A_silo_that_is_to_process_videos_needs_ffmpeg()
    {
        var folder = Directory.CreateTempSubdirectory("granero-media-").FullName;

        Assert.StartsWith("Videos:Ffmpeg is 'no-such-program', which cannot be run", Validate(new() { Ffmpeg = "no-such-program" }, folder).FailureMessage, StringComparison.Ordinal);
        Assert.StartsWith("Media:Root is '/proc/granero'", Validate(new(), "/proc/granero").FailureMessage, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(VideosOptions options, string root)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Media:Root", root)]).Build();
        return new VideosOptionsRules(configuration).Validate(null, options);
    }
}
