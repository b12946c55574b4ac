using System.Text;

namespace Granero.Videos;

/// <summary>Names of files that are safe to show, to put into a link and to save under.</summary>
public static class VideoNames
{
    /// <summary>Characters of a safe name at most; its ending is kept.</summary>
    public const int MaxLength = 100;

    private const string Accented = "áéíóúüñÁÉÍÓÚÜÑ";
    private const string Plain = "aeiouunAEIOUUN";

    /// <returns>The last part of the path, of letters without accents, digits, dots, dashes and underscores; never empty, and without a dot in front.</returns>
    public static string Safe(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var safe = new StringBuilder(last.Length);
        foreach (var c in last)
            safe.Append(Accented.IndexOf(c) is >= 0 and var at ? Plain[at] : char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_');
        var trimmed = safe.ToString().TrimStart('.', '_', '-').TrimEnd('.');
        return trimmed.Length == 0 ? "video" : Shorten(trimmed);
    }

    private static string Shorten(string name)
    {
        if (name.Length <= MaxLength)
            return name;
        var ending = name.LastIndexOf('.') is var dot && dot > name.Length - 10 ? name[dot..] : "";
        return name[..(MaxLength - ending.Length)] + ending;
    }
}
