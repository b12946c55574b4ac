using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granero.Gateways.Tcp.Wire;

namespace Granero.Gateways.Tcp.Support;

/// <summary>The gateway's own counters, under the meter <c>Granero.Gateways.Tcp</c>.</summary>
internal sealed class GatewayMeter
{
    public const string Name = "Granero.Gateways.Tcp";

    private static readonly ActivitySource Source = new(Name);

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30] };

    private readonly UpDownCounter<long> _connections;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _breaches;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _stored;

    public GatewayMeter(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _connections = meter.CreateUpDownCounter<long>("granero.tcp.connections", "{connection}", "Connections that are open.");
        _durations = meter.CreateHistogram("granero.tcp.request.duration", "s", "From a whole request until its answer is known, by request.", null, Seconds);
        _breaches = meter.CreateCounter<long>("granero.tcp.connections.refused", "{connection}", "Connections closed for a broken protocol or a limit, by reason.");
        _refusals = meter.CreateCounter<long>("granero.tcp.requests.refused", "{request}", "Requests answered with an error, by reason.");
        _stored = meter.CreateCounter<long>("granero.tcp.items.stored", "{item}", "Items acknowledged as stored.");
    }

    /// <summary>Begins the trace of a request: what its grain and the database do belongs to it.</summary>
    public static Activity? StartRequest(string request) => Source.StartActivity(request, ActivityKind.Server);

    public void RequestAnswered(string request, long since) =>
        _durations.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, new KeyValuePair<string, object?>("request", request));

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionClosed() => _connections.Add(-1);

    public void ConnectionRefused(Breach reason) => _breaches.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void RequestRefused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Stored(int items) => _stored.Add(items);
}
