namespace Granero.Gateways.Rest;

/// <summary>Reads one of a few words out of a query, in whatever letter case.</summary>
internal static class QueryChoice
{
    /// <returns>Null if none was given.</returns>
    /// <exception cref="BadHttpRequestException">It is none of the words.</exception>
    public static T? Of<T>(string? text, string name)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw Problems.BadRequest($"{name} is one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
    }
}
