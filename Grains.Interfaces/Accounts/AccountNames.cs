namespace Granero.Accounts;

/// <summary>Which user names and e-mail addresses can be had.</summary>
public static class AccountNames
{
    /// <summary>Characters (UTF-16 code units) of either at most.</summary>
    public const int MaxLength = 255;

    /// <summary>Fewer characters are no password. Source: protocols.md, section 4.</summary>
    public const int MinPasswordLength = 8;

    /// <summary>More make no better one, and only cost time to hash.</summary>
    public const int MaxPasswordLength = 1024;

    /// <returns>Whether it can be stored and shown on one line. Orleans takes white space alone for no key.</returns>
    public static bool IsUsername(string name) => !string.IsNullOrWhiteSpace(name) && name.Length <= MaxLength && !name.Any(IsForbidden);

    /// <returns>Whether it looks like <c>who@where</c>; only a message sent there could tell more.</returns>
    public static bool IsEmail(string email) =>
        email.Length <= MaxLength && !email.Any(c => IsForbidden(c) || c == ' ') && email.IndexOf('@') is var at and > 0 && at < email.Length - 1;

    /// <remarks>Half of a surrogate pair has no UTF-8; whole pairs are forbidden with them, which spares a search.</remarks>
    private static bool IsForbidden(char c) => char.IsControl(c) || char.IsSurrogate(c);
}
