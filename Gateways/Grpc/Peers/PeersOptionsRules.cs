using System.Net;
using Granero.Gateways.Hosting;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>What the settings of section <c>Peers</c> must be.</summary>
internal sealed class PeersOptionsRules : IValidateOptions<PeersOptions>
{
    public ValidateOptionsResult Validate(string? name, PeersOptions options) => GatewayRules.Judge(
        Network(nameof(options.AllowedNetworks), options.AllowedNetworks),
        Network(nameof(options.DeniedNetworks), options.DeniedNetworks),
        Store(options.StoreRoot),
        (options.AnswerWithin > TimeSpan.Zero && options.AnswerWithin <= TimeSpan.FromMinutes(10), $"Peers:AnswerWithin is {options.AnswerWithin}; set a time above zero and up to 10 minutes, for example 00:00:10."),
        (options.StallTimeout > TimeSpan.Zero && options.StallTimeout <= TimeSpan.FromHours(1), $"Peers:StallTimeout is {options.StallTimeout}; set a time above zero and up to an hour, for example 00:00:30."),
        (options.MaxChannels > 0, $"Peers:MaxChannels is {options.MaxChannels}; set 1 or more, for example 256."),
        (options.MaxUploads > 0, $"Peers:MaxUploads is {options.MaxUploads}; set 1 or more, for example 64."),
        (options.MaxUploadsOfPeer > 0, $"Peers:MaxUploadsOfPeer is {options.MaxUploadsOfPeer}; set 1 or more, for example 8."),
        (options.HeaderWithin > TimeSpan.Zero && options.HeaderWithin <= TimeSpan.FromMinutes(10), $"Peers:HeaderWithin is {options.HeaderWithin}; set a time above zero and up to 10 minutes, for example 00:00:05."),
        (options.MaxFileBytes > 0, $"Peers:MaxFileBytes is {options.MaxFileBytes}; set 1 byte or more, for example 2147483648."));

    private static (bool Holds, string Sentence) Network(string key, string[] networks)
    {
        var fault = Array.Find(networks, network => !IPNetwork.TryParse(network, out _));
        return (fault is null, $"Peers:{key} has '{fault}'; write a network as its first address and its length, for example 10.0.0.0/8.");
    }

    private static (bool Holds, string Sentence) Store(string root)
    {
        if (root.Length == 0) return (false, "Peers:StoreRoot is missing; set the folder for published files, for example /var/lib/granero/files.");
        try
        {
            Directory.CreateDirectory(root);
            File.Create(Path.Combine(root, Path.GetRandomFileName()), bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            return (true, "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (false, $"Peers:StoreRoot is '{root}', which cannot be written ({failure.Message}); set a folder that this user may write.");
        }
    }
}
