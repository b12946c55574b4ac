using Granero.Gateways.Hosting;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc;

/// <summary>Section <c>Grpc</c>: where the gateway listens and what it takes from a connection.</summary>
internal sealed class GrpcOptions : IValidateOptions<GrpcOptions>
{
    public const string Section = "Grpc";

    /// <summary>The port of HTTP/2 without TLS.</summary>
    public int Port { get; set; } = 50051;

    /// <summary>Connections at a time; one more is closed at once.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Calls at a time on one connection; more wait at the client.</summary>
    public int MaxStreamsPerConnection { get; set; } = 100;

    /// <summary>How long a call to a grain that failed for a passing reason is tried again.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);

    public ValidateOptionsResult Validate(string? name, GrpcOptions options) => GatewayRules.Judge(
        (options.Port is >= 0 and <= ushort.MaxValue, $"Grpc:Port is {options.Port}; set a port from 1 to 65535, for example 50051."),
        (options.MaxConnections > 0, $"Grpc:MaxConnections is {options.MaxConnections}; set 1 or more, for example 10000."),
        (options.MaxStreamsPerConnection > 0, $"Grpc:MaxStreamsPerConnection is {options.MaxStreamsPerConnection}; set 1 or more, for example 100."),
        (options.RetryFor >= TimeSpan.Zero, $"Grpc:RetryFor is {options.RetryFor}; set zero or more, for example 00:00:30."));
}
