using System.Diagnostics.Metrics;
using Granero.Gateways.Tcp.Wire;

namespace Granero.Gateways.Tcp.Support;

/// <summary>The gateway's own counters, under the meter <c>Granero.Gateways.Tcp</c>.</summary>
internal sealed class GatewayMeter
{
    public const string Name = "Granero.Gateways.Tcp";

    private readonly Counter<long> _breaches;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _stored;

    public GatewayMeter(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _breaches = meter.CreateCounter<long>("granero.tcp.connections.refused", "{connection}", "Connections closed for a broken protocol or a limit, by reason.");
        _refusals = meter.CreateCounter<long>("granero.tcp.requests.refused", "{request}", "Requests answered with an error, by reason.");
        _stored = meter.CreateCounter<long>("granero.tcp.items.stored", "{item}", "Items acknowledged as stored.");
    }

    public void ConnectionRefused(Breach reason) => _breaches.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void RequestRefused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Stored(int items) => _stored.Add(items);
}
