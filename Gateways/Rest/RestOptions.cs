using Granero.Gateways.Hosting;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest;

/// <summary>Section <c>Rest</c>: what holds for all of the gateway's ports.</summary>
internal sealed class RestOptions : IValidateOptions<RestOptions>
{
    public const string Section = "Rest";

    /// <summary>The port of tasks, accounts and videos.</summary>
    public int Port { get; set; } = 8000;

    /// <summary>Connections at a time, on all ports; one more is closed at once.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>How long a call to a grain that failed for a passing reason is tried again.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How clients reach <see cref="Port"/>, for links, such as <c>https://videos.example.org</c>. Empty: as the request came.</summary>
    public string PublicUrl { get; set; } = "";

    public ValidateOptionsResult Validate(string? name, RestOptions options) => GatewayRules.Judge(
        (options.Port is >= 0 and <= ushort.MaxValue, $"Rest:Port is {options.Port}; set a port from 1 to 65535, for example 8000."),
        (options.MaxConnections > 0, $"Rest:MaxConnections is {options.MaxConnections}; set 1 or more, for example 10000."),
        (options.PublicUrl.Length == 0 || (Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"), $"Rest:PublicUrl is '{options.PublicUrl}'; set an address such as https://videos.example.org, or none."),
        (options.RetryFor >= TimeSpan.Zero, $"Rest:RetryFor is {options.RetryFor}; set zero or more, for example 00:00:30."));
}
