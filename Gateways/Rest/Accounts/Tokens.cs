using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Accounts;

/// <summary>Bearer tokens: ASP.NET Core's own, encrypted and signed with keys that all gateways share.</summary>
internal sealed class Tokens(IOptionsMonitor<BearerTokenOptions> options, TimeProvider time)
{
    public const string Scheme = BearerTokenDefaults.AuthenticationScheme;
    private const string GivenAtKey = "given-at";

    /// <summary>Source: protocols.md, section 4.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromDays(1);

    /// <returns>A token that says who its bearer is, for a day.</returns>
    public string Make(long userId, string username)
    {
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, userId.ToString(CultureInfo.InvariantCulture)), new(ClaimTypes.Name, username)], Scheme);
        var now = time.GetUtcNow();
        var properties = new AuthenticationProperties { ExpiresUtc = now + ValidFor };
        properties.SetString(GivenAtKey, now.ToString("O", CultureInfo.InvariantCulture));
        return options.Get(Scheme).BearerTokenProtector.Protect(new(new ClaimsPrincipal(identity), properties, Scheme));
    }

    /// <returns>When the token was given, to the tick: its own times have whole seconds.</returns>
    public static DateTimeOffset GivenAt(AuthenticationProperties token) => token.GetString(GivenAtKey) is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
        : token.ExpiresUtc!.Value - ValidFor; // of a version that did not say it

    /// <summary>Whether it is a token of ours that has not expired.</summary>
    public bool IsValid(string token) =>
        options.Get(Scheme).BearerTokenProtector.Unprotect(token) is { Properties.ExpiresUtc: { } expires } && expires > time.GetUtcNow();
}

internal static class TokenBearer
{
    /// <summary>Who has called: only behind <see cref="AccountsServices.BearerPolicy"/>.</summary>
    public static long UserId(this ClaimsPrincipal bearer) =>
        long.Parse(bearer.FindFirstValue(ClaimTypes.NameIdentifier)!, NumberStyles.None, CultureInfo.InvariantCulture);
}
