using System.Globalization;
using Npgsql;

namespace Granero.Bench;

/// <summary>Postgres as an operator writes it: <c>postgresql://user:password@host:port/database?host=/folder/of/socket</c>.</summary>
internal static class PostgresUrl
{
    /// <returns>The same server for Npgsql. A text that is no URL is taken for an Npgsql connection string already.</returns>
    /// <exception cref="BenchException">It is neither.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var isUrl = text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);
            return isUrl ? ParseUrl(text) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException)
        {
            throw new BenchException("--postgres takes a postgresql:// URL or an Npgsql connection string.", unreadable);
        }
    }

    private static NpgsqlConnectionStringBuilder ParseUrl(string text)
    {
        // libpq allows an empty host, for which Uri has no room.
        var url = new Uri(text.Replace(":///", "://localhost/", StringComparison.Ordinal).Replace("@/", "@localhost/", StringComparison.Ordinal));
        var builder = new NpgsqlConnectionStringBuilder { Host = url.Host, Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')) };
        if (url.Port > 0) builder.Port = url.Port;
        if (url.UserInfo.Split(':', 2) is [{ Length: > 0 } user, ..] parts)
        {
            builder.Username = Uri.UnescapeDataString(user);
            if (parts.Length > 1) builder.Password = Uri.UnescapeDataString(parts[1]);
        }
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)) Set(builder, pair);
        return builder;
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string pair)
    {
        var (key, value) = pair.Split('=', 2) is [var k, var v] ? (k, Uri.UnescapeDataString(v)) : (pair, "");
        switch (key)
        {
            case "host": builder.Host = value; break;
            case "port": builder.Port = int.Parse(value, CultureInfo.InvariantCulture); break;
            case "user": builder.Username = value; break;
            case "password": builder.Password = value; break;
            case "dbname": builder.Database = value; break;
            case "sslmode": builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true); break;
            default: throw new BenchException($"The Postgres URL has a parameter that the bench does not know: {key}.");
        }
    }
}
