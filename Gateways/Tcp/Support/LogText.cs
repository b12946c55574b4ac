using System.Globalization;

namespace Granero.Gateways.Tcp.Support;

/// <summary>What a client sent, fit for a line of the log: short, and unable to end the line or to begin another field of it.</summary>
internal static class LogText
{
    private const int MaxLength = 32;

    /// <returns>At most 32 characters; each that is a control, a separator of lines or a bar is a question mark.</returns>
    public static string Of(string text)
    {
        var isFit = text.Length <= MaxLength && !text.Any(IsUnfit);
        return isFit ? text : string.Create(Math.Min(text.Length, MaxLength), text, static (fit, text) =>
        {
            for (var i = 0; i < fit.Length; i++)
            {
                fit[i] = IsUnfit(text[i]) || (i == MaxLength - 1 && char.IsHighSurrogate(text[i])) ? '?' : text[i];
            }
        });
    }

    private static bool IsUnfit(char character) => character == '|' || char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
