using System.Globalization;
using Npgsql;

namespace Granero.Videos;

/// <summary>
/// One ffmpeg at work: its progress is recorded, which renews the lease as well, and it is dead at once when the video is not this attempt's any more,
/// when its time is over, and when this object is disposed.
/// </summary>
internal sealed class EncodingRun(
    EncodingJob job, VideosOptions options, IEnumerable<string> arguments, VideoQueue queue, VideoNews news, TimeProvider time) : IDisposable
{
    private const long MaxResultBytes = 4L << 30;

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);

    private readonly LimitedProcess _ffmpeg = new(options.Ffmpeg, arguments, options.MemoryBytes, MaxResultBytes, LimitedProcess.Niceness);
    private readonly double _seconds = FfmpegCommand.SecondsOf(job.Facts);
    private readonly long _began = time.GetTimestamp();
    private int _percent;
    private int _frames;

    private TimeSpan BeatPause => options.Lease / 3 < BeatEvery ? options.Lease / 3 : BeatEvery;

    /// <summary>Follows it to its end.</summary>
    public async Task<EncodingOutcome> FollowAsync(CancellationToken stopping)
    {
        var stopped = news.NextAsync(VideoNews.Stopped(job.Id));
        var ended = ReadProgressAsync();
        var lastBeat = time.GetTimestamp();
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, stopped, Task.Delay(BeatPause, time, stopping));
            stopping.ThrowIfCancellationRequested();
            if (ended.IsCompleted)
                break;
            if (stopped.IsCompleted)
                stopped = news.NextAsync(VideoNews.Stopped(job.Id)); // the row says whether it was this one that was stopped
            if (time.GetElapsedTime(_began) > options.TimeLimit)
                return EncodingOutcome.Failed($"It took longer than {options.TimeLimit.TotalSeconds:0} s", isFinal: true);
            if (await TryBeatAsync(stopping) is { } isOwn)
            {
                if (!isOwn)
                    return EncodingOutcome.Lost;
                lastBeat = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(lastBeat) > options.Lease)
            {
                return EncodingOutcome.Lost; // somebody else may have it by now
            }
        }

        await ended;
        return Judge(await _ffmpeg.EndAsync(stopping));
    }

    public void Dispose() => _ffmpeg.Dispose();

    private EncodingOutcome Judge(int exitCode)
    {
        if (FfmpegErrors.TellsOfCutOff(_ffmpeg.Errors))
            return EncodingOutcome.Failed("The file ends before the video does", isFinal: true);
        if (exitCode != 0 && FfmpegErrors.TellsOfFullDisk(_ffmpeg.Errors))
            return EncodingOutcome.NoRoom;
        if (exitCode > 128)
            return EncodingOutcome.Failed($"ffmpeg was ended by signal {exitCode - 128}", isFinal: false);
        if (exitCode != 0)
            return EncodingOutcome.Failed($"ffmpeg could not process it: {FfmpegErrors.ReasonOf(_ffmpeg.Errors)}", isFinal: false);
        return _frames > FfmpegCommand.LogoFrames
            ? EncodingOutcome.Whole
            : EncodingOutcome.Failed("None of its pictures could be decoded", isFinal: true);
    }

    /// <returns>Null when Postgres could not be asked.</returns>
    private async Task<bool?> TryBeatAsync(CancellationToken stopping)
    {
        try
        {
            return await queue.BeatAsync(job, Volatile.Read(ref _percent), options.Lease, stopping);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException && !stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Lines of <c>key=value</c>, again and again. Source: ffmpeg's documentation, option -progress.</summary>
    private async Task ReadProgressAsync()
    {
        while (await _ffmpeg.Output.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("out_time_us=", StringComparison.Ordinal) && long.TryParse(line.AsSpan(12), CultureInfo.InvariantCulture, out var microseconds))
                Volatile.Write(ref _percent, (int)Math.Clamp(microseconds / 1e4 / _seconds, 0, 99));
            else if (line.StartsWith("frame=", StringComparison.Ordinal) && int.TryParse(line.AsSpan(6), CultureInfo.InvariantCulture, out var frames))
                _frames = frames;
        }
    }
}
