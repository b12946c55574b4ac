using System.Globalization;

namespace Granero.Videos;

/// <summary>
/// The one command that does the whole of it: the logo for 2 s, the picture stretched to 16:9 at the source's width and cut to 16 s, the logo for
/// 2 s; 24 frames a second, H.264 in MP4, sound where there is some. Source: protocols.md, section 4.
/// </summary>
internal static class FfmpegCommand
{
    /// <summary>Only what holds a film by itself: none that names other files (playlists, concat scripts), none that is a picture.</summary>
    public const string Formats = "mov,matroska,avi,mpegts,mpeg,flv,asf,ogg";

    /// <summary>Seconds of the logo, before and after.</summary>
    public const int LogoSeconds = 2;

    /// <summary>Seconds of the picture at most.</summary>
    public const int MaxPictureSeconds = 16;

    /// <summary>Frames that are there even if the picture has none.</summary>
    public const int LogoFrames = 2 * LogoSeconds * FramesPerSecond;

    private const int FramesPerSecond = 24;

    /// <summary>Of more, nobody knows which loudspeaker each is for.</summary>
    private const int MaxNamedChannels = 8;

    private const string Background = "0xf6efe0"; // the logo's own
    private const string Silence = "anullsrc=r=48000:cl=stereo:d=2";
    private static readonly TimeSpan Glimpse = TimeSpan.FromSeconds(0.1);

    /// <summary>Width and height of the result: the source's width and 16:9, both even, as yuv420p wants them.</summary>
    public static (int Width, int Height) SizeOf(VideoFacts source)
    {
        var width = Math.Max(16, source.Width / 2 * 2);
        return (width, (int)Math.Round(width * 9 / 32.0) * 2);
    }

    /// <summary>Seconds of the result.</summary>
    public static double SecondsOf(VideoFacts source) =>
        (2 * LogoSeconds) + (source.Duration > TimeSpan.Zero ? Math.Min(source.Duration.TotalSeconds, MaxPictureSeconds) : MaxPictureSeconds);

    /// <param name="source">What the upload is.</param>
    /// <param name="upload">Its path.</param>
    /// <param name="logo">The path of the logo.</param>
    /// <param name="output">The path to write to.</param>
    /// <param name="threads">Threads of each part that can have several.</param>
    public static IEnumerable<string> Arguments(VideoFacts source, string upload, string logo, string output, int threads)
    {
        var count = threads.ToString(CultureInfo.InvariantCulture);
        string[] logoInput = ["-thread_queue_size", "64", "-f", "image2", "-framerate", "24", "-loop", "1", "-t", "2", "-i", logo];
        return
        [
            "-nostdin", "-hide_banner", "-y", "-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.25", "-filter_complex_threads", count,
            .. logoInput,
            "-protocol_whitelist", "file", "-format_whitelist", Formats, "-threads", count, "-t", "16", "-i", $"file:{upload}",
            .. logoInput,
            "-filter_complex", Filters(source), "-map", "[video]", .. source.HasSound ? (string[])["-map", "[sound]", "-c:a", "aac", "-b:a", "128k"] : [],
            "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads", count,
            "-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4", $"file:{output}",
        ];
    }

    /// <remarks>
    /// 24 frames a second come out of any rate, a variable one too; start_time and first_pts keep a picture and a sound that do not begin together in
    /// step; concat fills the shorter of the two up with silence, and the last fps with the last picture. The input's -t spares the decoder the rest,
    /// but goes by timestamps alone: fps fills up to the next one, and aresample up to the next sound, which may be hours away. So each is cut here,
    /// the frames by their count. A glimpse that fewer than two frames of 1/24 s show is lengthened, or concat takes its one frame for no time at all.
    /// V is a picture that moves: a cover may come first.
    /// </remarks>
    private static string Filters(VideoFacts source)
    {
        var (width, height) = SizeOf(source);
        var size = string.Create(CultureInfo.InvariantCulture, $"{width}:{height}");
        var logo = $"fps=24,scale={size}:force_original_aspect_ratio=decrease,pad={size}:-1:-1:color={Background},setsar=1,format=yuv420p";
        var longer = source.Duration < Glimpse ? FormattableString.Invariant($"tpad=stop_mode=clone:stop_duration={Glimpse.TotalSeconds},") : "";
        var picture = $"[0:v]{logo}[first];[2:v]{logo}[last];"
            + $"[1:V:0]{longer}fps=24:start_time=0:eof_action=pass,trim=end_frame={MaxPictureSeconds * FramesPerSecond},scale={size},setsar=1,format=yuv420p[picture];";
        return source.HasSound
            ? picture
                + $"{Silence}[before];{Silence}[after];[1:a:0]{Mix(source.Channels)}atrim=end={MaxPictureSeconds},"
                + "aresample=48000:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo[heard];"
                + "[first][before][picture][heard][last][after]concat=n=3:v=1:a=1[all][sound];[all]fps=24[video]"
            : picture + "[first][picture][last]concat=n=3:v=1:a=0,fps=24[video]";
    }

    /// <summary>aresample mixes channels that it knows. Of others, every second one goes to each side, none louder than it was.</summary>
    private static string Mix(int channels) =>
        channels > MaxNamedChannels ? $"pan=stereo|c0<{Sum(channels, first: 0)}|c1<{Sum(channels, first: 1)}," : "";

    private static string Sum(int channels, int first) => string.Join('+', Enumerable.Range(0, channels).Where(i => i % 2 == first).Select(i => $"c{i}"));
}
