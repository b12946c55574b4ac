using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Granero.Gateways.Rest.Operators;

/// <summary>
/// The token of an operator's session: in a header for programs, in a cookie for the console, which no script can read and no other site's
/// page can have sent.
/// </summary>
internal static class OperatorTokens
{
    public const string Cookie = "granero-operator";
    private const string Bearer = "Bearer ";
    private const int TokenBytes = 32;

    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <returns>Null if the request bears none.</returns>
    public static string? Of(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : request.Cookies[Cookie];
    }

    public static void GiveCookie(HttpContext http, string token, DateTimeOffset endsAt) =>
        http.Response.Cookies.Append(Cookie, token, Options(http, endsAt));

    public static void TakeCookie(HttpContext http) => http.Response.Cookies.Delete(Cookie, Options(http, endsAt: null));

    private static CookieOptions Options(HttpContext http, DateTimeOffset? endsAt) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = "/",
        Expires = endsAt,
    };
}
