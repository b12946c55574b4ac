using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Granero.Tests.Support.Videos;

/// <summary>The calls of an old client, with the token of one user.</summary>
internal sealed class VideosClient(Uri gateway) : IDisposable
{
    private const string Password = "correct horse";

    public string Username { get; } = $"user-{Guid.NewGuid():N}";

    public HttpClient Http { get; } = new() { BaseAddress = gateway };

    /// <summary>A user that no other test has, logged in.</summary>
    public static async Task<VideosClient> LogInAsync(Uri gateway)
    {
        var client = new VideosClient(gateway);
        var name = client.Username;
        var signUp = await client.PostAsync("/api/auth/signup", new { username = name, password1 = Password, password2 = Password, email = $"{name}@example.org" });
        if (signUp.Status != HttpStatusCode.Created)
            throw new InvalidOperationException(signUp.Text);
        await client.LogInAgainAsync();
        return client;
    }

    /// <summary>Takes a new token, if it gets one.</summary>
    public async Task<Reply> LogInAgainAsync()
    {
        var login = await PostAsync("/api/auth/login", new { username = Username, password = Password });
        if (login.Status == HttpStatusCode.OK)
            Http.DefaultRequestHeaders.Authorization = new("Bearer", login.Json.GetProperty("token").GetString());
        return login;
    }

    public Task<Reply> UploadAsync(byte[] file, string name = "clip.mp4", string field = "file", string path = "/api/tasks") =>
        SendAsync(HttpMethod.Post, path, new MultipartFormDataContent { { new ByteArrayContent(file), field, name } });

    /// <returns>The number of the new video.</returns>
    public async Task<long> UploadedAsync(byte[] file, string name = "clip.mp4")
    {
        var reply = await UploadAsync(file, name);
        return reply.Status == HttpStatusCode.Created ? reply.Json.GetProperty("task_id").GetInt64() : throw new InvalidOperationException($"{reply.Status}: {reply.Text}");
    }

    /// <summary>Waits by the stream of events until the video is at rest.</summary>
    /// <returns>All that was told, the end last.</returns>
    public async Task<List<JsonElement>> FollowAsync(long id, CancellationToken cancellationToken = default)
    {
        var events = new List<JsonElement>();
        await using var stream = await Http.GetStreamAsync($"/videos/{id}/events", cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                events.Add(JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]));
        }

        return events;
    }

    /// <returns>The task as an old client sees it once nothing more happens to it.</returns>
    public async Task<Reply> FinishedAsync(long id, CancellationToken cancellationToken = default)
    {
        await FollowAsync(id, cancellationToken);
        return await GetAsync($"/api/tasks/{id}");
    }

    /// <summary>Saves the result in a temporary file.</summary>
    public async Task<string> DownloadAsync(Reply task)
    {
        var path = Path.Combine(Path.GetTempPath(), $"granero-result-{Guid.NewGuid():N}.mp4");
        await File.WriteAllBytesAsync(path, await Http.GetByteArrayAsync(task.Json.GetProperty("download").GetString()));
        return path;
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Reply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));

    public async Task<Reply> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    public void Dispose() => Http.Dispose();

    internal sealed record Reply(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
    {
        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);

        public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
    }
}
