namespace Granero.Videos;

/// <summary>A user's videos by columns: item i of each array is of the same video.</summary>
/// <param name="Ids">Their numbers, in the order that was asked for.</param>
/// <param name="Statuses">A <see cref="VideoStatus"/> each.</param>
[GenerateSerializer, Immutable, Alias("granero.videos.VideoList")]
public sealed record VideoList([property: Id(0)] long[] Ids, [property: Id(1)] byte[] Statuses);
