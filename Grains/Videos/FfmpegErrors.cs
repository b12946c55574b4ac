using System.Text.RegularExpressions;

namespace Granero.Videos;

/// <summary>What ffmpeg and ffprobe say on standard error, as a reason for users: without paths and addresses.</summary>
internal static partial class FfmpegErrors
{
    private const int MaxLength = 200;

    /// <returns>Whether ffmpeg has met the end of the file before the end of the film; it goes on as if nothing was.</returns>
    public static bool TellsOfCutOff(IEnumerable<string> errors) =>
        errors.Any(line => line.Contains("partial file", StringComparison.Ordinal) || line.Contains("ended prematurely", StringComparison.Ordinal));

    /// <returns>Whether it could not write for want of room. Source: errno.h, ENOSPC and EDQUOT.</returns>
    public static bool TellsOfFullDisk(IEnumerable<string> errors) =>
        errors.Any(line => line.Contains("No space left on device", StringComparison.Ordinal) || line.Contains("Disk quota exceeded", StringComparison.Ordinal));

    /// <returns>The last line that says something, without the full stop.</returns>
    public static string ReasonOf(IReadOnlyCollection<string> errors)
    {
        if (errors.Any(line => line.Contains("not on whitelist", StringComparison.Ordinal)))
            return "its format is none of MP4, Matroska, WebM, AVI, MPEG, FLV, ASF and Ogg";
        var lines = errors.Select(line => Private().Replace(line, "").Trim(' ', '.', ':')).Where(line => line.Length > 0);
        var reason = lines.LastOrDefault() ?? "it cannot be read";
        return reason.Length > MaxLength ? reason[..MaxLength] : reason;
    }

    // "[mov,mp4,m4a @ 0x55d0]" and "file:/media/uploads/3f/3f2a...:".
    [GeneratedRegex(@"\[[^\]]* @ 0x[0-9a-f]+\]|(file:)?/\S+")]
    private static partial Regex Private();
}
