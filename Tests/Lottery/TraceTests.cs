using System.Collections.Concurrent;
using System.Diagnostics;
using Granero.Gateways.Tcp.Support;
using Granero.Lottery;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Lottery;

public sealed class TraceTests
{
    [Fact]
    public async Task A_request_is_one_trace_from_the_gateway_through_the_grain_to_the_statement()
    {
        await using var database = await TestDatabase.CreateAsync();
        // Nobody listens there, and nobody sends: the silo's process, which would, is not a part of this test.
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"));
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is GatewayMeter.Name or LotteryTelemetry.Name or "Npgsql" || source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        ActivityTraceId trace;
        using (var request = GatewayMeter.StartRequest("place bets"))
        {
            trace = request!.TraceId;
            await cluster.Client.GetGrain<IAgencyGrain>(1).PlaceBets(Bets.Some(3));
        }

        var sources = spans.Where(span => span.TraceId == trace).Select(span => span.Source.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { GatewayMeter.Name, "Microsoft.Orleans.Application", LotteryTelemetry.Name, "Npgsql" }, sources);
        var commit = Assert.Single(spans, span => span.Source.Name == LotteryTelemetry.Name && span.TraceId == trace);
        Assert.Contains(spans, span => span.Source.Name == "Npgsql" && span.ParentSpanId == commit.SpanId);
    }
}
