using System.Diagnostics;
using System.Globalization;
using Granero.Bench.Downloads;
using Granero.Bench.Report;
using Granero.Bench.Servers;
using Granero.Bench.Videos;
using Granero.Videos;
using Npgsql;

namespace Granero.Bench;

/// <summary>One video beside the same ffmpeg command alone, a long upload beside a plain Kestrel's, and a long list.</summary>
internal sealed class VideosBench(BenchOptions options)
{
    public const int VideosInList = 10_000;
    public const int ListRequests = 200;

    private const string Gateway = "gateway-rest";
    private const int WarmUpRequests = 20;
    private static readonly VideoFacts SampleFacts = new(1280, 720, TimeSpan.FromSeconds(20), HasSound: true);

    private readonly ServerProcesses _servers = new(options.RunDirectory);
    private readonly List<double> _processing = [];
    private readonly List<double> _alone = [];
    private readonly List<Transfer> _uploads = [];
    private readonly List<Transfer> _plain = [];

    public async Task<VideosReport> RunAsync()
    {
        using var user = new VideoUser(options.Main);
        await user.SignUpAsync();
        using var sample = await SampleVideo.MakeAsync();
        await ProcessAsync(user, sample.Path); // warm-up
        for (var round = 0; round < options.Rounds; round++)
        {
            _alone.Add(await RunAloneAsync(sample.Path));
            _processing.Add(await ProcessAsync(user, sample.Path));
        }

        await MeasureUploadsAsync(user, sample);
        var latencies = await MeasureListAsync(user);
        return new VideosReport(options, _processing, _alone, _uploads, _plain, latencies, _servers.Measure());
    }

    /// <returns>Seconds from the reply to the upload to the news that it is processed.</returns>
    private static async Task<double> ProcessAsync(VideoUser user, string path)
    {
        var id = await user.UploadAsync(path);
        var began = Stopwatch.GetTimestamp();
        await user.WaitAsync(id);
        var elapsed = Stopwatch.GetElapsedTime(began);
        await user.DeleteAsync(id);
        return elapsed.TotalSeconds;
    }

    private static async Task<double> RunAloneAsync(string path)
    {
        var output = Path.Combine(Path.GetTempPath(), $"granero-bench-{Guid.NewGuid():N}.mp4");
        var threads = Environment.ProcessorCount / Math.Max(1, Environment.ProcessorCount / 2);
        var arguments = FfmpegCommand.Arguments(SampleFacts, path, Path.Combine(AppContext.BaseDirectory, "logo.png"), output, threads);
        // With the priority that the silo gives it, or whatever else runs on this machine decides the comparison.
        var elapsed = await SampleVideo.RunAsync("nice", ["-n", LimitedProcess.Niceness, "ffmpeg", .. arguments]);
        File.Delete(output);
        return elapsed.TotalSeconds;
    }

    private async Task MeasureUploadsAsync(VideoUser user, SampleVideo sample)
    {
        var length = (long)options.Mebibytes << 20;
        using var padded = await sample.PadAsync(length);
        var target = Path.Combine(options.MediaFolder ?? Path.GetTempPath(), $"bench-{Guid.NewGuid():N}");
        using var plain = PlainBodySink.Start(target);
        using var there = new VideoUser(plain.Address);
        for (var round = 0; round < options.Rounds; round++)
        {
            _plain.Add(await MeasureAsync(length, async () => (await there.SendFileAsync("/", padded.Path)).EnsureSuccessStatusCode().Dispose()));
            var id = 0L;
            _uploads.Add(await MeasureAsync(length, async () => id = await user.UploadAsync(padded.Path)));
            await user.DeleteAsync(id);
        }

        File.Delete(target);
    }

    private async Task<Transfer> MeasureAsync(long length, Func<Task> transfer)
    {
        var before = GatewayCpuSeconds();
        var began = Stopwatch.GetTimestamp();
        await transfer();
        return new Transfer(length, Stopwatch.GetElapsedTime(began), GatewayCpuSeconds() - before);
    }

    private double? GatewayCpuSeconds() => _servers.Names.Contains(Gateway) ? _servers.Measure()[Gateway].CpuSeconds : null;

    /// <returns>Milliseconds of each request, ascending.</returns>
    private async Task<double[]> MeasureListAsync(VideoUser user)
    {
        await using var postgres = NpgsqlDataSource.Create(PostgresUrl.Parse(options.Postgres));
        await using (var insert = postgres.CreateCommand(
            """
            insert into videos (user_id, upload, file_name, uploaded_at, length, sha256, width, height, duration_ms, has_sound, status, result_length)
            select id, gen_random_uuid(), 'bench.mp4', now(), 0, sha256('bench'), 1280, 720, 20000, true, 2, 0 from users, generate_series(1, $2) where username = $1
            """))
        {
            insert.Parameters.Add(new() { Value = user.Name });
            insert.Parameters.Add(new() { Value = VideosInList });
            await insert.ExecuteNonQueryAsync();
        }

        var latencies = new List<double>();
        for (var request = -WarmUpRequests; request < ListRequests; request++)
        {
            var began = Stopwatch.GetTimestamp();
            var list = await user.Http.GetByteArrayAsync("/api/tasks?order=1");
            if (request >= 0) latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (list.AsSpan().Count("\"id\""u8) != VideosInList) throw new BenchException(string.Create(CultureInfo.InvariantCulture, $"The list has not {VideosInList} videos."));
        }

        await using var delete = postgres.CreateCommand("delete from videos where user_id = (select id from users where username = $1)");
        delete.Parameters.Add(new() { Value = user.Name });
        await delete.ExecuteNonQueryAsync();
        return [.. latencies.Order()];
    }
}
