using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Granero.Videos;

/// <summary>Has ffprobe look at an upload, and judges what it says.</summary>
internal sealed class VideoProbe(IOptions<VideosOptions> options) : IDisposable
{
    private const int MaxReportCharacters = 1 << 20;
    private const long MemoryBytes = 1L << 30;
    private const string Entries = "format=duration:stream=codec_type,codec_name,width,height,duration,channels:stream_disposition=attached_pic:stream_side_data=rotation";
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _processors = new(Math.Max(1, Environment.ProcessorCount));

    /// <exception cref="GraneroException"><see cref="ErrorCode.NotAVideo"/>, with the reason; <see cref="ErrorCode.VideoLost"/>: there is no such file.</exception>
    public async Task<VideoFacts> InspectAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new GraneroException(ErrorCode.VideoLost, "The upload is not in the media folder.");
        if (IsCutOff(path))
            throw NotAVideo("the file ends before the video does");
        await _processors.WaitAsync(cancellationToken);
        try
        {
            return Judge(await ReportAsync(path, cancellationToken));
        }
        finally
        {
            _processors.Release();
        }
    }

    public void Dispose() => _processors.Dispose();

    /// <summary>
    /// Whether one of an MP4's outermost boxes says that it is longer than the file: ffprobe is content with such a file as long as its index is whole.
    /// What lies behind the index and the film, and is no part of either, may be anything.
    /// Source: ISO/IEC 14496-12, 4.2: a box begins with its size (32 bits; 1: 64 bits follow its type; 0: to the end) and its type.
    /// </summary>
    internal static bool IsCutOff(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var head = new byte[16];
        var (hasIndex, hasFilm) = (false, false);
        for (long position = 0; position < length;)
        {
            var read = RandomAccess.Read(file, head, position);
            if (position == 0 && (read < 8 || !IsBox(head, "ftyp"u8)))
                return false; // something else, and ffprobe's business
            if (read < 8)
                return !(hasIndex && hasFilm);
            var (isIndex, isFilm) = (IsBox(head, "moov"u8), IsBox(head, "mdat"u8));
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (size == 0)
                return false;
            if (size == 1 && read == head.Length)
                size = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8));
            if (size < 8 || size > length - position)
                return isIndex || isFilm || IsBox(head, "moof"u8) || !(hasIndex && hasFilm);
            (hasIndex, hasFilm) = (hasIndex || isIndex, hasFilm || isFilm);
            position += size;
        }

        return false;
    }

    private static bool IsBox(byte[] head, ReadOnlySpan<byte> type) => head.AsSpan(4, 4).SequenceEqual(type);

    private async Task<JsonDocument> ReportAsync(string path, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", FfmpegCommand.Formats, "-max_pixels", Text(options.Value.MaxPixels),
            "-show_entries", Entries, "-of", "json", $"file:{path}",
        ];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        using var ffprobe = new LimitedProcess(options.Value.Ffprobe, arguments, MemoryBytes, maxFileBytes: 0, LimitedProcess.NoNiceness);
        try
        {
            var report = new char[MaxReportCharacters];
            var length = await ffprobe.Output.ReadBlockAsync(report, limit.Token);
            if (length == report.Length)
                throw NotAVideo("it has too many streams");
            var status = await ffprobe.EndAsync(limit.Token);
            return status == 0 ? JsonDocument.Parse(report.AsMemory(0, length)) : throw NotAVideo(FfmpegErrors.ReasonOf(ffprobe.Errors));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotAVideo($"it could not be read within {TimeLimit.TotalSeconds} s");
        }
    }

    private VideoFacts Judge(JsonDocument report)
    {
        using (report)
        {
            var streams = report.RootElement.GetProperty("streams").EnumerateArray().ToArray();
            var picture = streams.FirstOrDefault(IsPicture); // the streams that FfmpegCommand takes: V:0 and a:0
            if (!HasCodec(picture))
                throw NotAVideo("it has no moving picture that can be decoded");
            var (width, height) = (Number(picture, "width"), Number(picture, "height"));
            if (width <= 0 || height <= 0)
                throw NotAVideo("its picture has no size");
            if (IsTurned(picture))
                (width, height) = (height, width);
            var sound = streams.FirstOrDefault(IsAudio);
            var hasSound = HasCodec(sound);
            var facts = new VideoFacts(width, height, DurationOf(report.RootElement, picture), hasSound, hasSound ? Number(sound, "channels") : 0);
            var (outWidth, outHeight) = FfmpegCommand.SizeOf(facts);
            return Math.Max((long)width * height, (long)outWidth * outHeight) <= options.Value.MaxPixels
                ? facts
                : throw NotAVideo($"its picture of {width}x{height} is too large");
        }
    }

    private static bool IsPicture(JsonElement stream) =>
        Text(stream, "codec_type") == "video"
        && !(stream.TryGetProperty("disposition", out var disposition) && Number(disposition, "attached_pic") != 0);

    private static bool IsAudio(JsonElement stream) => Text(stream, "codec_type") == "audio";

    private static bool HasCodec(JsonElement stream) => stream.ValueKind == JsonValueKind.Object && Text(stream, "codec_name") is not (null or "unknown" or "none");

    private static bool IsTurned(JsonElement stream) =>
        stream.TryGetProperty("side_data_list", out var sideData)
        && sideData.EnumerateArray().Any(data => Number(data, "rotation") % 180 != 0);

    private static TimeSpan DurationOf(JsonElement report, JsonElement picture)
    {
        var text = Text(picture, "duration") ?? (report.TryGetProperty("format", out var format) ? Text(format, "duration") : null);
        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static GraneroException NotAVideo(string reason) => new(ErrorCode.NotAVideo, $"The file is not a video that can be processed: {reason}.");
}
