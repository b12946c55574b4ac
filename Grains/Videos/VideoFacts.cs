namespace Granero.Videos;

/// <summary>What ffprobe has found out about an upload.</summary>
/// <param name="Width">In pixels, as it is shown: after rotation.</param>
/// <param name="Height">In pixels, as it is shown.</param>
/// <param name="Duration">Zero when the file does not say.</param>
/// <param name="HasSound">Whether there is sound that can be kept.</param>
/// <param name="Channels">Of the sound; 0 when there is none, or nobody counted.</param>
[GenerateSerializer, Immutable, Alias("granero.videos.VideoFacts")]
internal sealed record VideoFacts(
    [property: Id(0)] int Width, [property: Id(1)] int Height, [property: Id(2)] TimeSpan Duration, [property: Id(3)] bool HasSound, [property: Id(4)] int Channels = 0);
