using System.Net.Sockets;
using System.Text;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.EndToEnd;

/// <summary>Real processes, killed while they receive and process videos: each is processed once, and no file is left that belongs to nothing.</summary>
public sealed class VideosUnderFaultsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private VideoProcesses _granero = null!;
    private VideosClient _user = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!Ffmpeg.IsThere)
            throw Ffmpeg.Missing();
        _granero = await VideoProcesses.StartAsync(encoders: [1, 1], Cancelled);
        _user = await VideosClient.LogInAsync(_granero.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _user?.Dispose();
        if (_granero is not null)
            await _granero.DisposeAsync();
    }

    [Fact]
    public async Task A_video_whose_silo_is_killed_is_processed_once_by_another_and_its_ffmpeg_dies_too()
    {
        var id = await _user.UploadedAsync(await Clips.SlowAsync());
        var encoder = await UntilAsync(() => _granero.RowAsync($"select encoder from videos where id = {id} and percent > 0 and status = 1", Cancelled));
        var killed = Assert.Single(_granero.Silos, silo => encoder.EndsWith($"/{silo.Id}", StringComparison.Ordinal));

        await killed.KillAsync();
        await UntilAsync(() => Task.FromResult(WritersOf(_granero.Files("encoding")) <= 1 ? "alone" : null));
        var end = await UntilAsync(() => _granero.RowAsync($"select status, attempt, encoder from videos where id = {id} and status > 1", Cancelled));

        var survivor = Assert.Single(_granero.Silos, silo => silo != killed);
        Assert.StartsWith("2|2|", end, StringComparison.Ordinal);
        Assert.EndsWith($"/{survivor.Id}", end, StringComparison.Ordinal);
        Assert.EndsWith($"/{id}.2.mp4", Assert.Single(_granero.Files("results")), StringComparison.Ordinal);
        await CheckPlayableAsync(id);
    }

    [Fact]
    public async Task After_everything_was_killed_in_the_middle_no_file_is_left_over_and_no_video_is_stuck()
    {
        var id = await _user.UploadedAsync(await Clips.SlowAsync());
        await UntilAsync(() => _granero.RowAsync($"select id from videos where id = {id} and percent > 0", Cancelled));
        using var half = await BeginUploadAsync();

        await _granero.KillEverythingAsync();
        Assert.NotEmpty(_granero.Files("incoming"));
        await _granero.StartProgramsAsync(Cancelled);

        var end = await UntilAsync(() => _granero.RowAsync($"select status from videos where id = {id} and status > 1", Cancelled));
        Assert.Equal("2", end);
        await UntilAsync(() => Task.FromResult(_granero.Files("incoming").Length + _granero.Files("encoding").Length == 0 ? "swept" : null));
        Assert.Single(_granero.Files("uploads"));
        Assert.Single(_granero.Files("results"));
        await CheckPlayableAsync(id);
    }

    [Fact]
    public async Task A_silo_that_is_asked_to_stop_gives_its_video_to_the_other_at_once()
    {
        var id = await _user.UploadedAsync(await Clips.SlowAsync());
        var encoder = await UntilAsync(() => _granero.RowAsync($"select encoder from videos where id = {id} and percent > 0 and status = 1", Cancelled));
        var stopped = Assert.Single(_granero.Silos, silo => encoder.EndsWith($"/{silo.Id}", StringComparison.Ordinal));

        var (exitCode, took) = await stopped.StopAsync(Cancelled);

        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Equal("2|0", await UntilAsync(() => _granero.RowAsync($"select status, failures from videos where id = {id} and status > 1", Cancelled)));
    }

    /// <summary>A multipart upload of which a part has come.</summary>
    private async Task<Socket> BeginUploadAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_granero.Address.Host, _granero.Address.Port, Cancelled);
        var head = $"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: {_user.Http.DefaultRequestHeaders.Authorization}\r\n"
            + "Content-Type: multipart/form-data; boundary=xxx\r\nContent-Length: 10000000\r\n\r\n"
            + "--xxx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"half.mp4\"\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head));
        await socket.SendAsync(new byte[3_000_000]);
        await UntilAsync(() => Task.FromResult(_granero.Files("incoming").Any(path => new FileInfo(path).Length > 1_000_000) ? "there" : null));
        return socket;
    }

    private async Task CheckPlayableAsync(long id)
    {
        var path = await _user.DownloadAsync(await _user.GetAsync($"/api/tasks/{id}"));
        var report = await Ffmpeg.ProbeAsync(path);
        File.Delete(path);
        Assert.Equal("480", report.GetProperty("streams")[0].GetProperty("nb_read_frames").GetString());
    }

    /// <summary>Processes that have one of these files open. Source: proc(5).</summary>
    private static int WritersOf(string[] files)
    {
        var writers = 0;
        foreach (var process in Directory.GetDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                writers += Directory.GetFiles($"{process}/fd").Any(fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)?.FullName is { } target && files.Contains(target)) ? 1 : 0;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended while we looked, or is not ours.
            }
        }

        return writers;
    }

    /// <summary>Looks at what tells nobody when it changes.</summary>
    private static async Task<string> UntilAsync(Func<Task<string?>> look)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Patience);
        string? seen;
        while ((seen = await look()) is null)
            await Task.Delay(20, limit.Token);
        return seen;
    }
}
