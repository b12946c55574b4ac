using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Granero.Videos;

/// <summary>
/// Hears from Postgres (LISTEN) what silos do with videos, so that a wait ends at once. Nothing depends on it: whoever waits looks at the rows now and
/// then, and news that comes while there is no connection is lost.
/// </summary>
internal sealed partial class VideoNews(IConfiguration configuration, TimeProvider time, ILogger<VideoNews> logger) : BackgroundService
{
    public const string Channel = "granero_videos";

    /// <summary>There is something to process.</summary>
    public const string Queued = "queued";

    private const string StoppedPrefix = "stopped ";
    private const string ChangedPrefix = "changed ";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource> _waiting = [];

    /// <summary>Its user has cancelled or deleted the video.</summary>
    public static string Stopped(long id) => StoppedPrefix + id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Its encoder has written to the row.</summary>
    public static string Changed(long id) => ChangedPrefix + id.ToString(CultureInfo.InvariantCulture);

    /// <returns>A task that ends when that news comes next. Ask before looking at the rows, or it may have come in between.</returns>
    public Task NextAsync(string news)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(news, out var waiting))
                _waiting.Add(news, waiting = new(TaskCreationOptions.RunContinuationsAsynchronously));
            return waiting.Task;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                LogDeaf(failure.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var own = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("granero")) { Pooling = false, KeepAlive = 10 };
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        connection.Notification += (_, news) => Tell(news.Payload);
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        while (true)
            await connection.WaitAsync(cancellationToken);
    }

    private void Tell(string news)
    {
        // Whoever watches a video wants to know that it was stopped, too.
        var also = news.StartsWith(StoppedPrefix, StringComparison.Ordinal) ? string.Concat(ChangedPrefix, news.AsSpan(StoppedPrefix.Length)) : news;
        lock (_lock)
        {
            foreach (var heard in (string[])[news, also])
            {
                if (_waiting.Remove(heard, out var waiting))
                    waiting.SetResult();
            }
        }
    }

    [LoggerMessage(4012, LogLevel.Warning, "News about videos cannot be heard for now, and is found out by looking: {Reason}")]
    private partial void LogDeaf(string reason);
}
