using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Granero.Tasks;

/// <summary>
/// The name of an image, as engines write it: <c>[registry/]path[:tag][@digest]</c>. Source: the grammar of references of the
/// distribution project, github.com/distribution/reference.
/// </summary>
/// <param name="Registry">Host and perhaps port; null for the engine's default.</param>
/// <param name="Path">Such as <c>task_service</c> or <c>ana/task_service</c>.</param>
/// <param name="Tag"><c>latest</c> unless there is one or a digest; null beside a digest.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hex digits; null if the name has none.</param>
public sealed partial record ImageName(string? Registry, string Path, string? Tag, string? Digest)
{
    private const int MaxLength = 512;

    /// <summary>Registry and path: what stays of it for all versions.</summary>
    public string Repository => Registry is null ? Path : $"{Registry}/{Path}";

    /// <summary>False for what no engine would take for a name.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageName? name)
    {
        name = null;
        if (text is null || text.Length > MaxLength || Pattern().Match(text) is not { Success: true } match)
            return false;
        var digest = Optional(match.Groups["digest"]);
        var tag = Optional(match.Groups["tag"]) ?? (digest is null ? "latest" : null);
        var (registry, path) = Split(match.Groups["repository"].Value);
        if (!PathPattern().IsMatch(path))
            return false;
        name = new(registry, path, tag, digest);
        return true;
    }

    /// <summary>The name in full, as engines understand it.</summary>
    public override string ToString() => Repository + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    /// <remarks>As the engine tells a registry from the first part of a path; docker.io and its folder library are what it adds itself.</remarks>
    private static (string? Registry, string Path) Split(string repository)
    {
        var slash = repository.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return (null, repository);
        var (first, rest) = (repository[..slash], repository[(slash + 1)..]);
        if (first is not "localhost" && !first.Contains('.', StringComparison.Ordinal) && !first.Contains(':', StringComparison.Ordinal))
            return (null, repository);
        if (first is not ("docker.io" or "index.docker.io"))
            return (first, rest);
        return (null, rest.StartsWith("library/", StringComparison.Ordinal) ? rest["library/".Length..] : rest);
    }

    private static string? Optional(Group group) => group.Success ? group.Value : null;

    [GeneratedRegex(@"^(?<repository>[A-Za-z0-9](?:[A-Za-z0-9._/-]|:[0-9]{1,5}/)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex PathPattern();
}
