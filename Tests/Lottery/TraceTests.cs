using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Granero.Gateways.Tcp.Support;
using Granero.Lottery;
using Granero.Tests.Lottery.Wire;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Lottery;

public sealed class TraceTests
{
    [Fact]
    public async Task A_frame_is_one_trace_from_the_gateway_through_the_grain_to_the_statement()
    {
        await using var database = await TestDatabase.CreateAsync();
        // Nobody listens there, and nobody sends: the processes, which would, are not a part of this test.
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"));
        await using var gateway = new GatewayFixture(time: TimeProvider.System, grains: cluster.Client);
        var server = new IPEndPoint(IPAddress.Loopback, await gateway.StartServerAsync());
        var spans = new ConcurrentDictionary<ActivitySpanId, Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is GatewayMeter.Name or LotteryTelemetry.Name or "Npgsql" || source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span => spans[span.SpanId] = span,
        };
        ActivitySource.AddActivityListener(listener);

        await using var client = new TlvClient(server, LotteryDataSet.Make(agencies: 1, bets: 3).Agencies[0]);
        await client.SendBetsAsync(TestContext.Current.CancellationToken);

        var statements = spans.Values.Where(span => span.Source.Name == "Npgsql" && PathTo(span).First() is { Source.Name: GatewayMeter.Name, Parent: null });
        var path = PathTo(Assert.Single(statements, span => $"{span.GetTagItem("db.query.text")}".Contains("insert into bet_batches", StringComparison.Ordinal))).ToArray();
        Assert.Equal("place bets", path[0].OperationName);
        Assert.Equal(
            [GatewayMeter.Name, "Microsoft.Orleans.Application", "Microsoft.Orleans.Application", LotteryTelemetry.Name, "Npgsql"],
            path.Select(span => span.Source.Name));
        Assert.Equal([ActivityKind.Server, ActivityKind.Client, ActivityKind.Server], path.Take(3).Select(span => span.Kind));
        Assert.Single(path.Select(span => span.TraceId).Distinct());

        // From the first cause on.
        IEnumerable<Activity> PathTo(Activity span) => spans.TryGetValue(span.ParentSpanId, out var cause) ? PathTo(cause).Append(span) : [span];
    }
}
