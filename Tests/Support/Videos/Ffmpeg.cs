using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Granero.Tests.Support.Videos;

/// <summary>The real programs. Without them the tests that need them are skipped, loudly; where CI is set they fail.</summary>
internal static class Ffmpeg
{
    public static bool IsThere { get; } = CanRun("ffmpeg") && CanRun("ffprobe");

    public static Exception Missing() => PostgresServer.SkipOrFail("ffmpeg and ffprobe were not found, so nothing about processing videos is tested: install ffmpeg");

    /// <summary>Runs ffmpeg, which must end well.</summary>
    public static async Task RunAsync(params string[] arguments) => await ReadAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments]);

    /// <returns>What ffprobe says about the streams and the format.</returns>
    public static async Task<JsonElement> ProbeAsync(string path) => JsonSerializer.Deserialize<JsonElement>(
        await ReadAsync("ffprobe", ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path]));

    /// <returns>How loud each stretch of a second is, in dB, from the beginning; minus infinity is silence.</returns>
    public static async Task<double[]> LoudnessAsync(string path)
    {
        var text = await ReadAsync("ffmpeg", ["-v", "error", "-nostdin", "-i", path, "-af", "aresample=48000,asetnsamples=48000,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-", "-vn", "-f", "null", "-"]);
        return
        [
            .. text.Split('\n').Where(line => line.StartsWith("lavfi.", StringComparison.Ordinal)).Select(line => line.Split('=')[1].Trim())
                .Select(level => level == "-inf" ? double.NegativeInfinity : double.Parse(level, CultureInfo.InvariantCulture)),
        ];
    }

    /// <returns>The average red, green and blue of the picture at a time.</returns>
    public static async Task<byte[]> ColorAtAsync(string path, double seconds)
    {
        var target = Path.GetTempFileName();
        try
        {
            await RunAsync("-ss", seconds.ToString(CultureInfo.InvariantCulture), "-i", path, "-frames:v", "1", "-vf", "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", target);
            return await File.ReadAllBytesAsync(target);
        }
        finally
        {
            File.Delete(target);
        }
    }

    private static async Task<string> ReadAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }

    private static bool CanRun(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
