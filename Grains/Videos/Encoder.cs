using System.ComponentModel;
using System.Diagnostics;
using Granero.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granero.Videos;

/// <summary>Processes a video that was taken from the queue, and records what came of it.</summary>
internal sealed partial class Encoder(
    VideoQueue queue, VideoNews news, IMediaStore media, IOptions<MediaOptions> mediaOptions, IOptions<VideosOptions> options, TimeProvider time, ILogger<Encoder> logger)
{
    /// <summary>More make little faster, and each keeps pictures: 1.7 GB in all for the largest picture, where 32 threads take 4 GB.</summary>
    private const int MaxThreads = 8;

    private static readonly TimeSpan RecordAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookForRoomAfter = TimeSpan.FromSeconds(5);
    private static readonly string Logo = Path.Combine(AppContext.BaseDirectory, "logo.png");

    private int Threads => Math.Clamp(Environment.ProcessorCount / Math.Max(1, options.Value.EncodersOf(mediaOptions.Value.Root)), 1, MaxThreads);

    /// <param name="job">What to process.</param>
    /// <param name="stopping">The silo stops: the video goes back into the queue.</param>
    public async Task ProcessAsync(EncodingJob job, CancellationToken stopping)
    {
        var since = Stopwatch.GetTimestamp();
        LogTaken(job.Id, job.Attempt, job.Try);
        var (encoding, result) = (media.EncodingPath(job.Id, job.Attempt), media.ResultPath(job.Id, job.Attempt));
        try
        {
            var outcome = await EncodeAsync(job, encoding, stopping);
            if (outcome.IsWhole)
                await Task.Factory.StartNew(() => media.Keep(encoding, result), stopping, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            VideosTelemetry.EncodeEnded(await RecordAsync(job, outcome, result, stopping), since);
            if (outcome.IsPutOff)
                await Task.Delay(LookForRoomAfter, time, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await TryGiveBackAsync(job);
            VideosTelemetry.EncodeEnded("given_back", since);
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            VideosTelemetry.EncodeEnded(await RecordAsync(job, EncodingOutcome.NoRoom, result, stopping), since);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            LogBroken(failure, job.Id, job.Attempt);
            VideosTelemetry.EncodeEnded(await RecordAsync(job, EncodingOutcome.Failed("This server could not process it", isFinal: false), result, stopping), since);
        }
        finally
        {
            media.Remove(encoding);
        }
    }

    private async Task<EncodingOutcome> EncodeAsync(EncodingJob job, string output, CancellationToken stopping)
    {
        var arguments = FfmpegCommand.Arguments(job.Facts, media.UploadPath(job.Upload), Logo, output, Threads);
        using var run = new EncodingRun(job, options.Value, arguments, queue, news, time);
        return await run.FollowAsync(stopping);
    }

    /// <summary>Until Postgres has taken it, or somebody else the video: nobody else knows what came of it.</summary>
    /// <returns>What came of the attempt, as a word.</returns>
    private async Task<string> RecordAsync(EncodingJob job, EncodingOutcome outcome, string result, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await RecordOnceAsync(job, outcome, result, stopping);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException && !stopping.IsCancellationRequested)
            {
                LogNotRecorded(job.Id, failure.Message);
            }

            await Task.Delay(RecordAgainAfter, time, stopping);
        }
    }

    private async Task<string> RecordOnceAsync(EncodingJob job, EncodingOutcome outcome, string result, CancellationToken stopping)
    {
        if (outcome.IsPutOff)
        {
            media.Remove(media.EncodingPath(job.Id, job.Attempt)); // others may need the room
            LogNoRoom(job.Id);
            await queue.GiveBackAsync(job, stopping);
            return "put_off";
        }

        if (outcome.Failure is { } reason)
        {
            LogFailed(job.Id, job.Attempt, reason);
            await queue.FailAsync(job, $"{reason}.", outcome.IsFinal, options.Value.MaxAttempts, stopping);
            return "failed";
        }

        if (outcome.IsWhole && await queue.FinishAsync(job, new FileInfo(result).Length, stopping))
        {
            LogProcessed(job.Id, job.Attempt);
            return "processed";
        }

        if (outcome.IsWhole)
            media.Remove(result);
        LogLost(job.Id, job.Attempt);
        return "lost";
    }

    private async Task TryGiveBackAsync(EncodingJob job)
    {
        try
        {
            await queue.GiveBackAsync(job, CancellationToken.None);
            LogGivenBack(job.Id);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            LogNotRecorded(job.Id, failure.Message); // its lease runs out, then
        }
    }

    [LoggerMessage(4001, LogLevel.Information, "Video {Id}: attempt {Attempt} begins, try {Try}")]
    private partial void LogTaken(long id, int attempt, int @try);

    [LoggerMessage(4002, LogLevel.Information, "Video {Id} is processed, by attempt {Attempt}")]
    private partial void LogProcessed(long id, int attempt);

    [LoggerMessage(4003, LogLevel.Information, "Video {Id} is not attempt {Attempt}'s any more: its user has stopped it, or another silo has taken it over")]
    private partial void LogLost(long id, int attempt);

    [LoggerMessage(4004, LogLevel.Warning, "Video {Id}: attempt {Attempt} failed: {Reason}")]
    private partial void LogFailed(long id, int attempt, string reason);

    [LoggerMessage(4013, LogLevel.Error, "Video {Id} cannot be processed now: the disk of the media folder is full")]
    private partial void LogNoRoom(long id);

    [LoggerMessage(4005, LogLevel.Information, "Video {Id} goes back into the queue: this silo stops")]
    private partial void LogGivenBack(long id);

    [LoggerMessage(4006, LogLevel.Error, "Video {Id}: attempt {Attempt} could not be made")]
    private partial void LogBroken(Exception failure, long id, int attempt);

    [LoggerMessage(4007, LogLevel.Warning, "What came of video {Id} could not be recorded now: {Reason}")]
    private partial void LogNotRecorded(long id, string reason);
}
