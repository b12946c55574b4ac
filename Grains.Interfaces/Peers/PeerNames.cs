using System.Buffers;
using System.Text;

namespace Granero.Peers;

/// <summary>Which names of peers and files are taken, on every route: none that could lead a path astray, or that Postgres cannot store.</summary>
public static class PeerNames
{
    /// <summary>Characters (UTF-16 code units) of a name at most.</summary>
    public const int MaxLength = 255;

    /// <returns>Why the name of a file is refused, as a sentence; null when it is taken. Folders may be part of it, divided by <c>/</c>.</returns>
    public static string? FaultOfFile(string name) => FaultOf(name, "file name") ?? FaultOfPath(name);

    /// <returns>Why the name of a peer is refused, as a sentence; null when it is taken. It is no path, and not of white space only.</returns>
    public static string? FaultOfPeer(string name)
    {
        if (FaultOf(name, "user name") is { } fault)
            return fault;
        if (string.IsNullOrWhiteSpace(name)) // which Orleans takes for no key
            return "A user name may not be blank.";
        return name.Contains('/') || FaultOfPath(name) is not null ? "A user name may not be a path." : null;
    }

    private static string? FaultOf(string name, string what)
    {
        if (name.Length == 0)
            return $"A {what} may not be empty.";
        if (name.Length > MaxLength)
            return $"A {what} may have {MaxLength} characters, and this one has {name.Length}.";
        if (name.AsSpan().ContainsAnyInRange('\0', '\x1f') || name.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
            return $"A {what} may not contain control characters.";
        return IsWellFormed(name) ? null : $"A {what} must be valid Unicode.";
    }

    private static string? FaultOfPath(string name)
    {
        if (name[0] == '/' || name.Contains('\\') || name is [_, ':', ..] && char.IsAsciiLetter(name[0]))
            return "A file name may be neither absolute nor contain a backslash.";
        foreach (var part in name.AsSpan().Split('/'))
        {
            if (name.AsSpan(part) is "" or "." or "..")
                return "A file name may not contain empty parts, '.' or '..'.";
        }

        return null;
    }

    /// <returns>False when half of a surrogate pair stands alone: there is no UTF-8 for it.</returns>
    private static bool IsWellFormed(ReadOnlySpan<char> rest)
    {
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != OperationStatus.Done)
                return false;
            rest = rest[consumed..];
        }

        return true;
    }
}
