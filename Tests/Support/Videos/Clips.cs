using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Granero.Tests.Support.Videos;

/// <summary>Small videos that ffmpeg makes up, each once.</summary>
internal static class Clips
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> Made = [];

    /// <summary>Two seconds of a test picture with a tone.</summary>
    public static Task<byte[]> PlainAsync() => MakeAsync("mp4", Picture(size: "320x240", seconds: 2), Tone(2));

    /// <summary>Long and restless: it takes a while to process.</summary>
    public static Task<byte[]> SlowAsync() => MakeAsync("mp4", ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=24:duration=16", "-preset", "ultrafast"]);

    public static Task<byte[]> OfSizeAsync(string size, double seconds = 1) => MakeAsync("mkv", [.. Picture(size, seconds), "-c:v", "ffv1"]);

    public static Task<byte[]> OfRateAsync(string rate, double seconds = 1) => MakeAsync("mp4", Picture("160x120", seconds, rate));

    public static Task<byte[]> OfSecondsAsync(double seconds) => MakeAsync("mp4", Picture("160x120", seconds), Tone(seconds));

    /// <summary>A wide picture that is to be shown upright.</summary>
    public static async Task<byte[]> TurnedAsync()
    {
        byte[] clip = [.. await MakeAsync("mp4", Picture("320x180", 1))];
        int[] quarterTurn = [0, 0x10000, 0, -0x10000, 0, 0, 180 << 16, 0, 0x40000000];
        // ISO/IEC 14496-12, 8.3.2: the matrix comes 40 bytes behind the track header's type. ffmpeg's own option for it is another in each version.
        var matrix = clip.AsSpan(clip.AsSpan().IndexOf("tkhd"u8) + 44);
        for (var i = 0; i < quarterTurn.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(matrix[(4 * i)..], quarterTurn[i]);
        return clip;
    }

    /// <summary>Frames that come at 5 and at 30 a second by turns.</summary>
    public static Task<byte[]> OfVariableRateAsync() => MakeAsync(
        "mp4", [.. Picture("160x120", 4, "30"), "-vf", "select='if(lt(mod(t,2),1),not(mod(n,6)),1)'", "-fps_mode", "vfr"]);

    /// <summary>The first pictures alone of so many a second.</summary>
    public static Task<byte[]> OfFramesAsync(int frames, string rate, bool withSound = false) => MakeAsync(
        "mp4", Picture("160x120", 1, rate), withSound ? Tone(0.01) : [], ["-vf", $"trim=end_frame={frames}"]);

    /// <summary>Four seconds whose pictures begin 20 s behind the sound.</summary>
    public static Task<byte[]> OfLatePicturesAsync() => MakeAsync(
        "mkv", Picture("160x120", 4), Tone(4), ["-vf", "setpts=PTS+20/TB", "-fps_mode", "passthrough"]);

    /// <summary>Three seconds, with ten hours between two sounds.</summary>
    public static Task<byte[]> OfSoundWithGapAsync() => MakeAsync(
        "mkv", Picture("160x120", 3), Tone(3), ["-af", "asetpts='if(gt(T,1),PTS+36000/TB,PTS)'"]);

    /// <summary>Ten channels, with no word on which is which; the tone is in the last one.</summary>
    public static Task<byte[]> OfTenChannelsAsync() => MakeAsync(
        "mov", Picture("160x120", 2), ["-f", "lavfi", "-i", "aevalsrc=0|0|0|0|0|0|0|0|0|sin(440*2*PI*t):d=2", "-c:a", "pcm_s16le", "-c:v", "libx264"]);

    /// <summary>Green, behind a red cover that ffmpeg meets first.</summary>
    public static async Task<byte[]> WithCoverInFrontAsync()
    {
        byte[] clip =
        [
            .. await MakeAsync(
                "mp4", ["-f", "lavfi", "-i", "color=red:size=64x64:rate=24:duration=0.04", "-f", "lavfi", "-i", "color=lime:size=160x90:rate=24:duration=1"],
                ["-map", "0:v", "-map", "1:v", "-c:v:0", "png", "-disposition:v:0", "attached_pic"]),
        ];
        // ISO/IEC 14496-12, 8.10: the box of the cover's metadata, the last one of the index, may stand before those of the tracks as well.
        var (tracks, metadata) = (clip.AsSpan().IndexOf("trak"u8) - 4, clip.AsSpan().LastIndexOf("udta"u8) - 4);
        var length = BinaryPrimitives.ReadInt32BigEndian(clip.AsSpan(metadata));
        return [.. clip[..tracks], .. clip.AsSpan(metadata, length), .. clip[tracks..metadata], .. clip[(metadata + length)..]];
    }

    /// <summary>Red, then green, for a second each.</summary>
    public static Task<byte[]> OfTwoColorsAsync() => MakeAsync(
        "mp4", ["-f", "lavfi", "-i", "color=red:size=160x90:rate=24:duration=1", "-f", "lavfi", "-i", "color=lime:size=160x90:rate=24:duration=1", "-filter_complex", "concat=n=2"], Tone(2));

    public static Task<byte[]> SoundAloneAsync() => MakeAsync("mp4", Tone(1));

    /// <summary>A few kilobytes that claim to be a picture of 12,000 by 12,000.</summary>
    public static Task<byte[]> BombAsync() => MakeAsync("mp4", ["-f", "lavfi", "-i", "color=black:size=12000x12000:rate=1:duration=1", "-frames:v", "1", "-c:v", "png"]);

    private static string[] Picture(string size, double seconds, string rate = "24") =>
        ["-f", "lavfi", "-i", FormattableString.Invariant($"testsrc=size={size}:rate={rate}:duration={seconds}")];

    private static string[] Tone(double seconds) => ["-f", "lavfi", "-i", FormattableString.Invariant($"sine=frequency=440:duration={seconds}")];

    private static Task<byte[]> MakeAsync(string ending, params string[][] arguments)
    {
        string[] all = [.. arguments.SelectMany(some => some)];
        // Inputs come first, whatever the order they were named in.
        string[] inputs = [.. Pairs(all).Where(pair => pair[0] is "-f" or "-i").SelectMany(pair => pair)];
        string[] others = [.. Pairs(all).Where(pair => pair[0] is not ("-f" or "-i")).SelectMany(pair => pair)];
        return Made.GetOrAdd(ending + string.Join(' ', all), _ => new(() => RunAsync(ending, [.. inputs, .. others]))).Value;
    }

    private static IEnumerable<string[]> Pairs(string[] arguments) => arguments.Chunk(2);

    private static async Task<byte[]> RunAsync(string ending, string[] arguments)
    {
        if (!Ffmpeg.IsThere)
            throw Ffmpeg.Missing();
        var path = Path.Combine(Path.GetTempPath(), $"granero-clip-{Guid.NewGuid():N}.{ending}");
        try
        {
            await Ffmpeg.RunAsync([.. arguments, path]);
            return await File.ReadAllBytesAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
