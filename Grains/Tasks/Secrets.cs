using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Granero.Tasks;

/// <summary>Takes secrets out of what engines and registries say, before it is logged, stored or answered.</summary>
internal static class Secrets
{
    private const string Mask8 = "********";

    private static readonly JavaScriptEncoder[] JsonEncoders = [JavaScriptEncoder.UnsafeRelaxedJsonEscaping, JavaScriptEncoder.Default];

    public static string Mask(string text, RegistryCredentials? credentials)
    {
        if (credentials is null)
            return text;
        foreach (var secret in FormsOf(credentials).Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, Mask8, StringComparison.Ordinal);
        return text;
    }

    /// <summary>As a registry or an engine may tell what it was sent.</summary>
    private static IEnumerable<string> FormsOf(RegistryCredentials credentials)
    {
        string[] plain = [credentials.Token, .. Base64Of(credentials.Token), .. Base64Of($"{credentials.User}:{credentials.Token}")];
        return plain.SelectMany(WithinOthers).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Of both alphabets, with and without padding.</summary>
    private static string[] Base64Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var (base64, url) = (Convert.ToBase64String(bytes), Base64Url.EncodeToString(bytes));
        return [base64, base64.TrimEnd('='), url];
    }

    /// <summary>As it is, in an address, and in JSON: a registry's, which the engine may put into its own.</summary>
    private static IEnumerable<string> WithinOthers(string text) =>
        [text, Uri.EscapeDataString(text), WebUtility.UrlEncode(text), .. JsonEncoders.SelectMany(encoder => new[] { encoder.Encode(text), encoder.Encode(encoder.Encode(text)) })];
}
