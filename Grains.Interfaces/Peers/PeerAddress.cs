using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Granero.Peers;

/// <summary>Where a peer listens: an IP, and its port if that is not the default one. Written as <c>10.0.0.7</c>, <c>10.0.0.7:50052</c>, <c>fd00::7</c> or <c>[fd00::7]:50052</c>.</summary>
/// <param name="Ip">Canonical: an IPv4 address is never inside IPv6, and there is no scope.</param>
/// <param name="Port">1 to 65535; null when the text carried none, which means <see cref="DefaultPort"/>.</param>
public sealed record PeerAddress(IPAddress Ip, int? Port)
{
    /// <summary>Where the known peer server listens. Source: protocols.md, section 2.</summary>
    public const int DefaultPort = 50051;

    /// <summary>The same text for all that means the same server: without the port if that is the default one. The key of <see cref="IPeerAddressGrain"/>.</summary>
    public string Key => Port == DefaultPort ? Ip.ToString() : ToString();

    /// <summary>Each canonical text that means this server.</summary>
    public string[] Texts =>
        Port is null or DefaultPort ? [Ip.ToString(), new IPEndPoint(Ip, DefaultPort).ToString()] : [ToString()];

    /// <returns>False unless the text is an IP, IPv4 with four decimal parts, and perhaps a port. Host names are none: what they mean can change.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PeerAddress? address)
    {
        address = null;
        if (string.IsNullOrEmpty(text) || text.Length > 64)
            return false;
        var (ip, port) = Split(text);
        if (!IPAddress.TryParse(ip, out var parsed) || !IsPlain(parsed, ip) || !IsPort(port))
            return false;
        address = new(Canonical(parsed), port is null ? null : int.Parse(port, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>IPv4 where it was inside IPv6, and without a scope.</summary>
    public static IPAddress Canonical(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6)
            return ip.MapToIPv4();
        return ip is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(ip.GetAddressBytes()) : ip;
    }

    /// <summary>The canonical text, with a port if there was one.</summary>
    public override string ToString() =>
        Port is { } port ? new IPEndPoint(Ip, port).ToString() : Ip.ToString();

    /// <returns>The address as it stands in a URL: IPv6 in brackets, with a port or without.</returns>
    /// <param name="address">Canonical text.</param>
    public static string HostOf(string address) => address[0] != '[' && address.AsSpan().Count(':') > 1 ? $"[{address}]" : address;

    private static (string Ip, string? Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        if (text[0] == '[')
            return SplitBracketed(text, colon);
        return colon >= 0 && colon == text.IndexOf(':') ? (text[..colon], text[(colon + 1)..]) : (text, null);
    }

    private static (string Ip, string? Port) SplitBracketed(string text, int lastColon)
    {
        var end = text.IndexOf(']');
        if (end == text.Length - 1)
            return (text[1..end], null);
        return end > 0 && end == lastColon - 1 ? (text[1..end], text[(lastColon + 1)..]) : ("", null);
    }

    /// <remarks>The parser of the framework also takes octal, hexadecimal and shortened IPv4, and scopes of IPv6.</remarks>
    private static bool IsPlain(IPAddress ip, string text) =>
        ip.AddressFamily == AddressFamily.InterNetwork ? ip.ToString() == text : !text.Contains('%') && !text.Contains('/');

    private static bool IsPort(string? text) =>
        text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue);
}
