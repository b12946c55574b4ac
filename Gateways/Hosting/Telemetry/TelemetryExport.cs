#pragma warning disable IDE0005 // the silo's kind of project has some of these by itself
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
#pragma warning restore IDE0005

namespace Granero.Telemetry;

/// <summary>
/// Traces, metrics and logs by OpenTelemetry, as the standard <c>OTEL_*</c> variables say. Nothing is collected or sent unless
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector.
/// </summary>
/// <remarks>Compiled into the gateways and into the silo, which know nothing of each other.</remarks>
internal static class TelemetryExport
{
    private static readonly string[] Sources = ["Granero.*", "Microsoft.Orleans.*", "Npgsql", "Microsoft.AspNetCore", "System.Net.Http"];

    private static readonly string[] Meters =
    [
        "Granero.*", "Microsoft.Orleans", "Npgsql", "System.Runtime",
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
    ];

    /// <summary>Whether there is somebody to send to. Then calls between processes carry their trace along, which costs a little each.</summary>
    public static bool IsTelemetryOn(this IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) && !configuration.GetValue("OTEL_SDK_DISABLED", false);

    /// <param name="builder">The process.</param>
    /// <param name="process">What it is called unless OTEL_SERVICE_NAME says so, such as granero-silo.</param>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string process)
    {
        if (!builder.Configuration.IsTelemetryOn())
            return;
        var name = builder.Configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } given ? given : process;
        builder.Services.AddHostedService(_ => new Exporting(name));
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(Describe(ResourceBuilder.CreateDefault(), name)).AddOtlpExporter();
        });
    }

    private static ResourceBuilder Describe(ResourceBuilder resource, string name) => resource.AddService(name, serviceNamespace: "granero");

    /// <summary>Collects while the process runs, and sends what is left when it stops.</summary>
    private sealed class Exporting(string name) : IHostedService
    {
        private TracerProvider? _traces;
        private MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(resource => Describe(resource, name)).AddSource(Sources).AddOtlpExporter().Build();
            _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(resource => Describe(resource, name)).AddMeter(Meters).AddOtlpExporter().Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                _traces?.Dispose();
                _metrics?.Dispose();
            },
            cancellationToken);
    }
}
