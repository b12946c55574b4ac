using Granero.Gateways.Hosting;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Videos;

/// <summary>Section <c>Videos</c>, as far as this gateway reads it. Sizes in bytes.</summary>
internal sealed class VideosOptions : IValidateOptions<VideosOptions>
{
    public const string Section = "Videos";

    /// <summary>The longest file that may be uploaded.</summary>
    public long MaxUploadBytes { get; set; } = 1L << 30;

    /// <summary>Files being uploaded at a time, over all users.</summary>
    public int MaxUploads { get; set; } = 64;

    /// <summary>Uploads are refused when they would leave less than this on the disk.</summary>
    public long KeepFreeBytes { get; set; } = 512L << 20;

    public ValidateOptionsResult Validate(string? name, VideosOptions options) => GatewayRules.Judge(
        (options.MaxUploadBytes > 0, $"Videos:MaxUploadBytes is {options.MaxUploadBytes}; set 1 byte or more, for example 1073741824."),
        (options.MaxUploads > 0, $"Videos:MaxUploads is {options.MaxUploads}; set 1 or more, for example 64."),
        (options.KeepFreeBytes >= 0, $"Videos:KeepFreeBytes is {options.KeepFreeBytes}; set 0 bytes or more, for example 536870912."));
}

/// <summary>Section <c>Media</c>: where videos lie.</summary>
internal sealed class MediaOptions
{
    /// <summary>The folder that this gateway shares with the silos. Empty: no videos are taken here.</summary>
    public string Root { get; set; } = "";
}
