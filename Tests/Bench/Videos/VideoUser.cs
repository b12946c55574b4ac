using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Granero.Bench.Videos;

/// <summary>A user of the REST gateway, new and logged in.</summary>
internal sealed class VideoUser(IPEndPoint gateway) : IDisposable
{
    private const string Password = "a password of the bench";
    private const int CopyBytes = 1 << 20;

    private readonly string _name = $"bench-{Guid.NewGuid():N}";

    public HttpClient Http { get; } = new() { BaseAddress = new Uri($"http://{gateway}"), Timeout = TimeSpan.FromMinutes(10) };

    public string Name => _name;

    public async Task SignUpAsync()
    {
        await ReadAsync(await Http.PostAsJsonAsync("/api/auth/signup", new { username = _name, password1 = Password, password2 = Password, email = $"{_name}@example.org" }));
        var login = await ReadAsync(await Http.PostAsJsonAsync("/api/auth/login", new { username = _name, password = Password }));
        Http.DefaultRequestHeaders.Authorization = new("Bearer", login.GetProperty("token").GetString());
    }

    /// <returns>The number of the new video.</returns>
    public async Task<long> UploadAsync(string path) => (await ReadAsync(await SendFileAsync("/api/tasks", path))).GetProperty("task_id").GetInt64();

    /// <summary>Sends a file as multipart/form-data.</summary>
    public async Task<HttpResponseMessage> SendFileAsync(string target, string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        var content = new StreamContent(file, CopyBytes) { Headers = { ContentType = new MediaTypeHeaderValue("video/mp4") } };
        using var body = new MultipartFormDataContent { { content, "file", "bench.mp4" } };
        return await Http.PostAsync(target, body);
    }

    /// <summary>Waits for the end of its processing by the stream of events.</summary>
    public async Task WaitAsync(long video)
    {
        await using var stream = await Http.GetStreamAsync($"/videos/{video}/events");
        using var reader = new StreamReader(stream);
        var last = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal)) last = line;
        }

        if (!last.Contains("\"processed\"", StringComparison.Ordinal)) throw new BenchException($"A video was not processed: {last}");
    }

    public async Task DeleteAsync(long video) => await ReadAsync(await Http.DeleteAsync($"/api/tasks/{video}"));

    public void Dispose() => Http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage reply)
    {
        using (reply)
        {
            var text = await reply.Content.ReadAsStringAsync();
            return reply.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(text) : throw new BenchException($"The REST gateway answered {(int)reply.StatusCode}: {text}");
        }
    }
}
