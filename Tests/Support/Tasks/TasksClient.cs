using System.Net;
using System.Text;
using System.Text.Json;

namespace Granero.Tests.Support.Tasks;

/// <summary>Calls the REST gateway's port for tasks.</summary>
internal sealed class TasksClient(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway, Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>As the clients of the old server call it.</summary>
    public Task<Reply> GetRemoteTaskAsync(string image, string calculation, string parameters = "{}", string? credentials = null, string? key = null, CancellationToken cancellationToken = default) =>
        PostAsync("/getRemoteTask/", Body(image, calculation, parameters, credentials), key, cancellationToken: cancellationToken);

    public Task<Reply> SubmitAsync(string image, string calculation, string parameters = "{}", string? key = null) =>
        PostAsync("/tasks", Body(image, calculation, parameters), key);

    /// <returns>Once the task has ended.</returns>
    public async Task<JsonElement> EndOfAsync(string location)
    {
        while (true)
        {
            var task = (await GetAsync(location)).Json;
            if (task.GetProperty("ended_at").ValueKind != JsonValueKind.Null)
                return task;
            await Task.Delay(20); // the service has no call that waits
        }
    }

    public async Task<JsonElement> RunAsync(string image, string calculation, string parameters = "{}")
    {
        var submitted = await SubmitAsync(image, calculation, parameters);
        return submitted.Status == HttpStatusCode.Accepted ? await EndOfAsync(submitted.Location!) : throw new InvalidOperationException(submitted.Text);
    }

    public Task<Reply> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path), default);

    public Task<Reply> PostAsync(string path, string body, string? key = null, string contentType = "application/json", Encoding? encoding = null, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent((encoding ?? Encoding.UTF8).GetBytes(body)) };
        request.Content.Headers.ContentType = new(contentType);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static string Body(string image, string calculation, string parameters, string? credentials = null) =>
        $$"""{"imagen_docker":"{{image}}","calculo":"{{calculation}}","parametros":{{parameters}}{{(credentials is null ? "" : $",\"credenciales\":{credentials}")}}}""";

    private async Task<Reply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return new(response.StatusCode, text, response.Content.Headers.ContentType?.ToString(), response.Headers.Location?.ToString(), response.Headers.RetryAfter?.Delta);
        }
    }

    internal sealed record Reply(HttpStatusCode Status, string Text, string? ContentType, string? Location, TimeSpan? RetryAfter)
    {
        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);
    }
}
