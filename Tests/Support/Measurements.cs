using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Granero.Gateways.Hosting;
using Granero.Gateways.Tcp.Support;
using Granero.Lottery;
using Granero.Peers;
using Granero.Tasks;
using Granero.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Granero.Tests.Support;

/// <summary>
/// What the meters of Granero measure while it lives. Other tests of this process are measured, too: a test looks for figures that no other has, or
/// for more than there was before.
/// </summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Instrument> _instruments = [];
    private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _all = [];

    public Measurements()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith("Granero.", StringComparison.Ordinal))
                return;
            _instruments.Enqueue(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    /// <param name="instrument">Its name.</param>
    /// <param name="tags">All of its tags, such as <c>outcome=done</c>.</param>
    public double[] Of(string instrument, string tags = "") => [.. _all.Where(one => one.Instrument == instrument && one.Tags == tags).Select(one => one.Value)];

    /// <summary>All instruments of all meters, used or not.</summary>
    public IEnumerable<(string Name, string? Unit, bool IsCounter)> Instruments()
    {
        var gateway = Host.CreateEmptyApplicationBuilder(new());
        gateway.Services.AddMetrics().AddSingleton<GatewayMeter>().AddGrainRetry();
        using var host = gateway.Build();
        host.Services.GetRequiredService<GatewayMeter>();
        host.Services.GetRequiredService<GrainRetry>();
        foreach (var type in new[] { typeof(LotteryTelemetry), typeof(PeersTelemetry), typeof(TasksTelemetry), typeof(VideosTelemetry) })
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        return [.. _instruments.Select(instrument => (instrument.Name, instrument.Unit, instrument is Counter<long>))];
    }

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue((instrument.Name, value, string.Join(",", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
}
