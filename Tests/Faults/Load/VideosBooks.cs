using System.Globalization;
using System.Security.Cryptography;
using Granero.Tests.EndToEnd;
using Granero.Tests.Support.Videos;
using Granero.Videos;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granero.Tests.Faults.Load;

/// <summary>The videos' books: what users were told, compared with the rows, the folder and what can be downloaded.</summary>
internal sealed class VideosBooks
{
    private const int MaxDownloads = 5;
    private const int FramesOfLogos = 2 * 2 * 24;
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(2);

    private readonly GraneroProcesses _granero;
    private readonly HashSet<string> _sent = [];
    private readonly Dictionary<long, string> _kept = [];
    private readonly HashSet<long> _deleted = [];
    private readonly Dictionary<long, string> _downloaded = [];

    public VideosBooks(GraneroProcesses granero, Journal journal)
    {
        _granero = granero;
        foreach (var entry in journal.Read())
        {
            if (entry[0] == "sent")
                _sent.Add(entry[1]);
            else
                Add(entry[0], long.Parse(entry[1], CultureInfo.InvariantCulture), entry[^1]);
        }
    }

    public async Task<IReadOnlyList<BookLine>> CheckAsync(Func<long, Task<byte[]>> download)
    {
        var rows = await EndedRowsAsync();
        return [CheckKept(rows), CheckProcessed(rows), await CheckFilesAsync(rows), await CheckDownloadsAsync(download)];
    }

    private void Add(string what, long id, string told)
    {
        if (what == "uploaded")
        {
            _kept.Add(id, told);
        }
        else if (what == "deleted")
        {
            _kept.Remove(id);
            _downloaded.Remove(id);
            _deleted.Add(id);
        }
        else
        {
            _downloaded.Add(id, told);
        }
    }

    /// <summary>Every acknowledged upload is there, and once; others only if they were sent, and nobody knows whether they came.</summary>
    private BookLine CheckKept(Row[] rows)
    {
        var found = rows.Count(row => _kept.TryGetValue(row.Id, out var name) && name == row.Name);
        var wrong = rows.Count(row => _deleted.Contains(row.Id) || !_sent.Contains(row.Name)) + rows.Length - rows.DistinctBy(row => row.Name).Count();
        return new("uploads, there once", _kept.Count, found, _kept.Count - found, wrong);
    }

    private static BookLine CheckProcessed(Row[] rows)
    {
        var processed = rows.Count(row => row.Status == VideoStatus.Processed);
        return new("videos, processed", rows.Length, processed, rows.Length - processed);
    }

    /// <summary>For each video one upload and one result. What those that died have left is swept, now that nobody is about to record anything.</summary>
    private async Task<BookLine> CheckFilesAsync(Row[] rows)
    {
        await using var postgres = NpgsqlDataSource.Create(_granero.OutsideConnectionString);
        var media = new MediaFolder(_granero.Media);
        var options = Options.Create(new VideosOptions { SweepAfter = TimeSpan.FromTicks(1) });
        await new MediaSweep(postgres, new UploadStore(postgres), media, options, TimeProvider.System, NullLogger<MediaSweep>.Instance).SweepAsync(CancellationToken.None);
        (string Path, long Length)[] wanted = [.. rows.SelectMany(row => row.FilesIn(media))];
        var found = wanted.Count(file => File.Exists(file.Path) && new FileInfo(file.Path).Length == file.Length);
        var all = Directory.GetFiles(_granero.Media, "*", SearchOption.AllDirectories);
        return new("files: uploads, one result each", wanted.Length, found, wanted.Length - found, all.Except(wanted.Select(file => file.Path)).Count());
    }

    private async Task<BookLine> CheckDownloadsAsync(Func<long, Task<byte[]>> download)
    {
        var last = _downloaded.OrderBy(entry => entry.Key).TakeLast(MaxDownloads).ToArray();
        var whole = 0;
        foreach (var (id, hash) in last)
        {
            var film = await download(id);
            whole += Convert.ToHexStringLower(SHA256.HashData(film)) == hash && await FramesOfAsync(film) > FramesOfLogos ? 1 : 0;
        }

        return new("the last of them, the same, playable", last.Length, whole, last.Length - whole);
    }

    private static async Task<int> FramesOfAsync(byte[] film)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, film);
            var streams = (await Ffmpeg.ProbeAsync(path)).GetProperty("streams").EnumerateArray();
            var picture = streams.Single(stream => stream.GetProperty("codec_type").GetString() == "video");
            return int.Parse(picture.GetProperty("nb_read_frames").GetString()!, CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Once the encoders have done their work; also on uploads whose users do not know that they came.</summary>
    private async Task<Row[]> EndedRowsAsync()
    {
        using var limit = new CancellationTokenSource(EndsWithin);
        while (await _granero.QueryAsync<long>("select count(*) from videos where status in (0, 1)", CancellationToken.None) is [> 0] && !limit.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(100)); // the rows tell nobody
        var texts = await _granero.QueryAsync<string>("select concat_ws('|', id, file_name, status, attempt, upload, length, coalesce(result_length, 0)) from videos", CancellationToken.None);
        return [.. texts.Select(Row.Parse)];
    }

    private sealed record Row(long Id, string Name, VideoStatus Status, int Attempt, Guid Upload, long Length, long ResultLength)
    {
        public static Row Parse(string text)
        {
            var columns = text.Split('|');
            return new(Number(0), columns[1], (VideoStatus)Number(2), (int)Number(3), Guid.Parse(columns[4]), Number(5), Number(6));

            long Number(int column) => long.Parse(columns[column], CultureInfo.InvariantCulture);
        }

        public IEnumerable<(string Path, long Length)> FilesIn(MediaFolder media)
        {
            yield return (media.UploadPath(Upload), Length);
            if (Status == VideoStatus.Processed)
                yield return (media.ResultPath(Id, Attempt), ResultLength);
        }
    }
}
