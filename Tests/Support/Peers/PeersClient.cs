using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Granero.Tests.Support.Peers;

/// <summary>The calls of the known command-line client, from an IP that the test chooses: a proxy that the gateway trusts says so.</summary>
internal sealed class PeersClient(Uri gateway, string ip, string? token = null) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway };

    /// <summary>The IP that its calls come from.</summary>
    public string Ip => ip;

    public Task<Reply> LogInAsync(string username, string password = "secret", string? peerIp = null) =>
        PostAsync("/login", new { username, password, peer_ip = peerIp ?? ip });

    public Task<Reply> LogOutAsync(string? peerIp = null) => PostAsync("/logout", new { peer_ip = peerIp ?? ip });

    public Task<Reply> IndexAsync(string[] files, string? peerIp = null) => PostAsync("/indexFiles", new { peer_ip = peerIp ?? ip, peer_files = files });

    public Task<Reply> GetFilesAsync(string file) => PostAsync("/getFiles", new { file_name = file });

    /// <summary>Who has a file, as <c>name@address</c>, in the order of the reply.</summary>
    public async Task<string[]> HoldersAsync(string file)
    {
        var reply = await GetFilesAsync(file);
        if (reply.Status == HttpStatusCode.NotFound)
            return [];
        return [.. reply.Json.EnumerateArray().Select(entry => $"{entry.GetProperty("peer_name")}@{entry.GetProperty("peer_ip")}")];
    }

    public async Task<Reply> PostAsync(string path, object body) =>
        await PostAsync(path, new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)), "application/json");

    public Task<Reply> PostTextAsync(string path, string body, string contentType = "application/json") =>
        PostAsync(path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), contentType);

    public void Dispose() => _http.Dispose();

    private async Task<Reply> PostAsync(string path, HttpContent content, string contentType)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content, Headers = { { "X-Forwarded-For", ip } } };
        request.Headers.ExpectContinue = content.Headers.ContentLength > 1_000_000; // to be told in time that it is too much
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        using var response = await _http.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.RetryAfter?.Delta);
    }

    internal sealed record Reply(HttpStatusCode Status, string Text, TimeSpan? RetryAfter)
    {
        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);
    }
}
