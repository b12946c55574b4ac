using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Granero.Videos;

/// <summary>The settings under <c>Videos:</c> that the silos read. Sizes in bytes.</summary>
public sealed class VideosOptions
{
    /// <summary>
    /// ffmpeg at a time on this silo; 0: this silo processes no videos. Not set: one for every two processors if <c>Media:Root</c> is set, else 0.
    /// </summary>
    public int? Encoders { get; set; }

    /// <summary>The program; a name is looked for in PATH.</summary>
    public string Ffmpeg { get; set; } = "ffmpeg";

    /// <summary>The program that looks at an upload before it is accepted.</summary>
    public string Ffprobe { get; set; } = "ffprobe";

    /// <summary>What the videos of one user may take together, uploads and results.</summary>
    public long QuotaBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Width times height of a video at most. A few bytes can claim to be a picture that no memory holds.</summary>
    public long MaxPixels { get; set; } = 4096L * 2304;

    /// <summary>How long an encoder that shows no sign of life keeps its video.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long ffmpeg may take for a video.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Address space of an ffmpeg.</summary>
    public long MemoryBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Attempts at a video before it is given up.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How often an idle encoder looks for work that nobody has told it of.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an upload in several requests may stand still before it is given up.</summary>
    public TimeSpan UploadExpiresAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How old a file that belongs to nothing must be before it is removed: older than any that is about to be recorded.</summary>
    public TimeSpan SweepAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary><see cref="Encoders"/>, or what stands in its place.</summary>
    internal int EncodersOf(string mediaRoot) => Encoders ?? (mediaRoot.Length > 0 ? Math.Max(1, Environment.ProcessorCount / 2) : 0);
}

/// <summary>Section <c>Media</c>.</summary>
public sealed class MediaOptions
{
    /// <summary>The folder of the videos, see <see cref="IMediaStore"/>. Empty: this process has nothing to do with videos.</summary>
    public string Root { get; set; } = "";
}

/// <summary>What the settings must be.</summary>
internal sealed class VideosOptionsRules(IConfiguration configuration) : IValidateOptions<VideosOptions>
{
    private string Root => configuration["Media:Root"] ?? "";

    public ValidateOptionsResult Validate(string? name, VideosOptions options)
    {
        string[] faults = [.. Rules(options).Where(rule => !rule.Holds).Select(rule => rule.Sentence)];
        if (faults.Length == 0 && options.EncodersOf(Root) > 0)
            faults = [.. FolderFault(), .. ProgramFault("Videos:Ffmpeg", options.Ffmpeg), .. ProgramFault("Videos:Ffprobe", options.Ffprobe)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<(bool Holds, string Sentence)> Rules(VideosOptions options) =>
    [
        (options.Encoders is null or >= 0, $"Videos:Encoders is {options.Encoders}: set it to 0 or more, such as 1."),
        (options.Encoders is null or 0 || Root.Length > 0, $"Videos:Encoders is {options.Encoders} and Media:Root is missing: set Media:Root to the folder of the videos, or Videos:Encoders to 0."),
        (options.QuotaBytes >= 0, $"Videos:QuotaBytes is {options.QuotaBytes}: set it to a number of bytes from 0 on, such as 10737418240."),
        (options.MaxPixels is > 0 and <= int.MaxValue, $"Videos:MaxPixels is {options.MaxPixels}: set it to 1 to 2147483647, such as 9437184."),
        (options.Lease >= TimeSpan.FromSeconds(1), $"Videos:Lease is {options.Lease}: set it to a second or more, such as 00:00:15."),
        (options.TimeLimit > TimeSpan.Zero, $"Videos:TimeLimit is {options.TimeLimit}: set it to a duration such as 00:15:00."),
        (options.MemoryBytes >= 256 * 1024 * 1024, $"Videos:MemoryBytes is {options.MemoryBytes}: set it to 268435456 or more, such as 4294967296."),
        (options.MaxAttempts > 0, $"Videos:MaxAttempts is {options.MaxAttempts}: set it to 1 or more, such as 3."),
        (options.LookEvery > TimeSpan.Zero, $"Videos:LookEvery is {options.LookEvery}: set it to a duration such as 00:00:01."),
        (options.UploadExpiresAfter > TimeSpan.Zero, $"Videos:UploadExpiresAfter is {options.UploadExpiresAfter}: set it to a duration such as 1.00:00:00."),
        (options.SweepAfter > TimeSpan.Zero, $"Videos:SweepAfter is {options.SweepAfter}: set it to a duration such as 01:00:00."),
    ];

    private IEnumerable<string> FolderFault()
    {
        try
        {
            _ = new MediaFolder(Root);
            return [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [$"Media:Root is '{Root}', which cannot be written ({failure.Message}); set a folder that this user may write."];
        }
    }

    private static IEnumerable<string> ProgramFault(string key, string program) => LimitedProcess.CanRun(program, "-version")
        ? []
        : [$"{key} is '{program}', which cannot be run: install ffmpeg (apt-get install ffmpeg), or set {key} to its path, or Videos:Encoders to 0."];
}
