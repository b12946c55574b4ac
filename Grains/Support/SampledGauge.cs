using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Granero.Support;

/// <summary>
/// Measures what is in the rows, for whoever collects metrics; while nobody does, nothing is read. Each silo measures the same: of several the
/// latest or the greatest is meant, and never the sum.
/// </summary>
internal sealed partial class SampledGauge(Gauge<long> gauge, string statement, NpgsqlDataSource postgres, TimeProvider time, ILogger<SampledGauge> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            if (gauge.Enabled)
                await TryMeasureAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TryMeasureAsync(CancellationToken stopping)
    {
        try
        {
            await using var batch = postgres.Batch(Sql.Command(statement));
            await using var reader = await batch.ExecuteReaderAsync(stopping);
            while (await reader.ReadAsync(stopping))
                gauge.Record(reader.GetInt64(1), reader.GetValue(0) is string state ? [new("state", state)] : []);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            LogNotMeasured(gauge.Name, failure.Message); // the next time
        }
    }

    [LoggerMessage(9013, LogLevel.Debug, "{Metric} could not be measured now: {Reason}")]
    private partial void LogNotMeasured(string metric, string reason);
}

internal static class SampledGauges
{
    /// <param name="services">The silo's.</param>
    /// <param name="gauge">What is measured.</param>
    /// <param name="statement">Gives rows of a state (text; null where there are none) and a number (bigint).</param>
    public static void AddSampledGauge(this IServiceCollection services, Gauge<long> gauge, string statement) =>
        services.AddSingleton<IHostedService>(all => ActivatorUtilities.CreateInstance<SampledGauge>(all, gauge, statement));
}
