using Granero.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granero.Videos;

/// <summary>
/// Removes what belongs to nothing from the media folder: uploads and results that no row knows, files of deleted videos, what processes that died
/// were writing. At the silo's start, and then every now and then.
/// </summary>
internal sealed partial class MediaSweep(
    NpgsqlDataSource postgres, UploadStore uploads, IMediaStore media, IOptions<VideosOptions> options, TimeProvider time, ILogger<MediaSweep> logger)
{
    private const int FilesInAQuestion = 1000;

    private const string UnknownResults = """
        select array(
            select wanted.place from unnest($1, $2, $3) with ordinality as wanted (id, attempt, is_whole, place)
            where not exists (
                select from videos v
                where v.id = wanted.id and v.attempt = wanted.attempt and (v.status = 1 or v.status = 2 and wanted.is_whole)))
        """;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await SweepAsync(stopping) is > 0 and var removed)
                    LogRemoved(removed);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException && !stopping.IsCancellationRequested)
            {
                LogFailed(failure);
            }

            await Task.Delay(options.Value.SweepAfter, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How many files were removed.</returns>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.Value.SweepAfter;
        await uploads.RemoveExpiredAsync(cancellationToken);
        await RemoveDeletedAsync(before, cancellationToken);
        var removed = media.IncomingBefore(before).Count(Remove);
        foreach (var files in media.UploadsBefore(before).Chunk(FilesInAQuestion))
        {
            var unknown = (await uploads.FindUnknownAsync([.. files.Select(file => file.Upload)], cancellationToken)).ToHashSet();
            removed += files.Count(file => unknown.Contains(file.Upload) && Remove(file.Path));
        }

        foreach (var files in media.ResultsBefore(before).Chunk(FilesInAQuestion))
        {
            await using var batch = postgres.Batch(Sql.Command(
                UnknownResults, files.Select(file => file.Video).ToArray(), files.Select(file => file.Attempt).ToArray(), files.Select(file => file.IsWhole).ToArray()));
            var unknown = (long[])(await batch.ExecuteScalarAsync(cancellationToken))!;
            removed += unknown.Count(place => Remove(files[place - 1].Path));
        }

        return removed;
    }

    /// <summary>Most have lost their files when they were deleted; the rows are kept a while for requests that are sent again.</summary>
    private async Task RemoveDeletedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var deleted = new List<DeletedVideo>();
        await using (var batch = postgres.Batch(Sql.Command(
            """
            select d.id, (d.video->>'upload')::uuid, (d.video->>'attempt')::integer from deleted_videos d where d.deleted_at < $1
            """, before)))
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                deleted.Add(new(reader.GetInt64(0), reader.GetGuid(1), reader.GetInt32(2)));
        }

        foreach (var video in deleted)
            media.RemoveAll(video);
        await using var forget = postgres.Batch(Sql.Command("delete from deleted_videos where id = any ($1)", deleted.Select(video => video.Id).ToArray()));
        await forget.ExecuteNonQueryAsync(cancellationToken);
    }

    private bool Remove(string path)
    {
        media.Remove(path);
        return true;
    }

    [LoggerMessage(4010, LogLevel.Information, "Removed {Count} files of the media folder that belonged to nothing")]
    private partial void LogRemoved(int count);

    [LoggerMessage(4011, LogLevel.Warning, "The media folder could not be swept; it is tried again later")]
    private partial void LogFailed(Exception failure);
}
