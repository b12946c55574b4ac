using System.Buffers;
using System.Text;
using Granero.Gateways.Hosting;

namespace Granero.Gateways.Rest.Lottery;

/// <summary>
/// Streams a table as CSV (RFC 4180), a page at a time, however long it is. Should a page not come, the connection is cut: half a file does
/// not look whole.
/// </summary>
internal sealed class CsvExport(GrainRetry retry)
{
    public async Task SendAsync(HttpContext http, string fileName, string header, ICsvPages pages)
    {
        http.Response.ContentType = "text/csv; charset=utf-8; header=present";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        var output = http.Response.BodyWriter;
        Encoding.UTF8.GetBytes(header + "\r\n", output);
        try
        {
            while (await retry.CallAsync(() => pages.WriteNextAsync(output), http.RequestAborted))
                await output.FlushAsync(http.RequestAborted);
        }
        catch (Exception) when (http.Response.HasStarted)
        {
            http.Abort();
            throw;
        }
    }
}

/// <summary>A table, page by page.</summary>
internal interface ICsvPages
{
    /// <summary>Reads the next page, and then writes it; reading alone may fail, and is then tried again.</summary>
    /// <returns>False after the last page.</returns>
    Task<bool> WriteNextAsync(IBufferWriter<byte> output);
}

internal static class CsvFields
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>Quotes a text where that is needed. One that a spreadsheet would run as a formula is made a text by an apostrophe.</summary>
    public static string Field(string text)
    {
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
            text = "'" + text;
        return text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
