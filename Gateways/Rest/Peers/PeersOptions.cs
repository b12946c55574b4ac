using Granero.Gateways.Hosting;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Peers;

/// <summary>Section <c>Peers</c>, as far as this gateway reads it.</summary>
internal sealed class PeersOptions : IValidateOptions<PeersOptions>
{
    public const string Section = "Peers";

    /// <summary>The port that the peers' clients call.</summary>
    public int Port { get; set; } = 5000;

    /// <summary>Bytes of the longest request that indexes files.</summary>
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Names in one request that indexes files.</summary>
    public int MaxFilesInRequest { get; set; } = 100_000;

    /// <summary>Requests with more than 64 KiB that are held at a time; half of them of one IP.</summary>
    public int MaxLargeBodies { get; set; } = 4;

    public ValidateOptionsResult Validate(string? name, PeersOptions options) => GatewayRules.Judge(
        (options.Port is >= 0 and <= ushort.MaxValue, $"Peers:Port is {options.Port}; set a port from 1 to 65535, for example 5000."),
        (options.MaxBodyBytes is >= 1024 and <= 64 * 1024 * 1024, $"Peers:MaxBodyBytes is {options.MaxBodyBytes}; set 1024 to 67108864 bytes, for example 16777216."),
        (options.MaxLargeBodies > 0, $"Peers:MaxLargeBodies is {options.MaxLargeBodies}; set 1 or more, for example 4."),
        (options.MaxFilesInRequest > 0, $"Peers:MaxFilesInRequest is {options.MaxFilesInRequest}; set 1 or more, for example 100000."));
}
