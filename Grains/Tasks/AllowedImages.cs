using System.IO.Enumeration;
using Docker.DotNet.Models;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>Which images may run, by <c>Tasks:AllowedImages</c>.</summary>
internal sealed class AllowedImages(IOptions<TasksOptions> options)
{
    private readonly (string Name, string? Digest)[] _patterns = [.. options.Value.AllowedImages.Select(Parse)];

    /// <exception cref="GraneroException"><see cref="ErrorCode.ImageNotAllowed"/>: no pattern allows it, whatever its digest may be.</exception>
    public void Check(ImageName name)
    {
        if (_patterns.Length > 0 && !_patterns.Any(pattern => Fits(pattern.Name, name)))
            throw new GraneroException(ErrorCode.ImageNotAllowed, $"The image {name} is not one of those that may run here (Tasks:AllowedImages).");
    }

    /// <exception cref="RunFailedException">A pattern demands a digest that the image has not.</exception>
    public void Check(ImageName name, ImageInspectResponse image)
    {
        if (_patterns.Length > 0 && !_patterns.Any(pattern => Fits(pattern.Name, name) && (pattern.Digest is null || HasDigest(image, pattern.Digest))))
            throw new RunFailedException(RemoteTaskErrorKind.PullFailed, $"The image {name} has not the digest that may run here (Tasks:AllowedImages).");
    }

    private static (string Name, string? Digest) Parse(string pattern) =>
        pattern.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? (pattern[..at], pattern[(at + 1)..]) : (pattern, null);

    /// <remarks>A pattern without a tag is for all tags.</remarks>
    private static bool Fits(string pattern, ImageName name) =>
        FileSystemName.MatchesSimpleExpression(pattern, $"{name.Repository}:{name.Tag}", ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(pattern, name.Repository, ignoreCase: false);

    private static bool HasDigest(ImageInspectResponse image, string digest) =>
        image.ID == digest || image.RepoDigests?.Any(known => known.EndsWith("@" + digest, StringComparison.Ordinal)) is true;
}
