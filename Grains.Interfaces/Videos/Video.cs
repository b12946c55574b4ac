using System.Globalization;

namespace Granero.Videos;

/// <summary>A user's video, as it is in the rows.</summary>
/// <param name="Id">From 1 on.</param>
/// <param name="FileName">The safe form of what the user called it, see <see cref="VideoNames"/>.</param>
/// <param name="UploadedAt">When it was accepted.</param>
/// <param name="Status">Where it is on its way.</param>
/// <param name="Percent">How much of it is processed, 0 to 100.</param>
/// <param name="Attempt">Counts the attempts to process it, from 1 on; 0 before the first. The result is kept under this number.</param>
/// <param name="Failure">Why it failed, as a sentence; null unless it has.</param>
/// <param name="Length">Bytes of what was uploaded.</param>
/// <param name="Sha256">Of what was uploaded.</param>
/// <param name="ResultLength">Bytes of the result; null unless processed.</param>
[GenerateSerializer, Immutable, Alias("granero.videos.Video")]
public sealed record Video(
    [property: Id(0)] long Id,
    [property: Id(1)] string FileName,
    [property: Id(2)] DateTime UploadedAt,
    [property: Id(3)] VideoStatus Status,
    [property: Id(4)] int Percent,
    [property: Id(5)] int Attempt,
    [property: Id(6)] string? Failure,
    [property: Id(7)] long Length,
    [property: Id(8)] byte[] Sha256,
    [property: Id(9)] long? ResultLength)
{
    /// <summary>How old clients and operators know it: <c>yyyy/mm/dd/id_name</c>. No path on any disk. Source: protocols.md, section 4.</summary>
    public string FilePath => string.Create(CultureInfo.InvariantCulture, $"{UploadedAt:yyyy'/'MM'/'dd}/{Id}_{FileName}");

    /// <summary>Whether nothing more happens to it unless its user asks.</summary>
    public bool IsAtRest => Status is not (VideoStatus.Uploaded or VideoStatus.Processing);
}
