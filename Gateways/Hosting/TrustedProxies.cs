using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;

namespace Granero.Gateways.Hosting;

/// <summary>
/// Whose word is taken for who the client is: <c>Proxies:Trusted</c>, a list of IPs and networks (<c>10.0.0.0/8</c>). Without any, the client is
/// whoever connects, and <c>X-Forwarded-For</c> is not looked at.
/// </summary>
public static class TrustedProxies
{
    private const string Key = "Proxies:Trusted";

    /// <summary>Comes first: what follows sees the client's IP as the connection's remote one.</summary>
    /// <exception cref="InvalidOperationException">An entry is neither an IP nor a network.</exception>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var trusted = app.Configuration.GetSection(Key).Get<string[]>() ?? [];
        if (trusted.Length == 0)
            return;

        // No limit: a chain of trusted proxies is followed back to the first that is not one.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var entry in trusted)
            Trust(options, entry);
        app.UseForwardedHeaders(options);
    }

    private static void Trust(ForwardedHeadersOptions options, string entry)
    {
        if (IPAddress.TryParse(entry, out var proxy))
            options.KnownProxies.Add(proxy);
        else if (System.Net.IPNetwork.TryParse(entry, out var network))
            options.KnownIPNetworks.Add(network);
        else
            throw new InvalidOperationException($"{Key} has '{entry}', which is neither an IP nor a network: write 10.0.0.2 or 10.0.0.0/8.");
    }
}
