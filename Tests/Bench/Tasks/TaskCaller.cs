using System.Diagnostics;
using System.Net;
using System.Text;

namespace Granero.Bench.Tasks;

/// <summary>Calls <c>POST /getRemoteTask/</c> as the known clients do, and checks every answer.</summary>
internal sealed class TaskCaller(IPEndPoint gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new($"http://{gateway}"), Timeout = TimeSpan.FromMinutes(2) };

    /// <returns>How long it took.</returns>
    /// <exception cref="BenchException">The answer is not the right one.</exception>
    public async Task<TimeSpan> RunAsync(int number)
    {
        using var body = new StringContent($$"""{"imagen_docker":"{{DockerCommand.Image}}","calculo":"suma","parametros":{"b":1,"a":{{number}} } }""", Encoding.UTF8, "application/json");
        var began = Stopwatch.GetTimestamp();
        using var response = await _http.PostAsync(new Uri("/getRemoteTask/", UriKind.Relative), body);
        var text = await response.Content.ReadAsStringAsync();
        var took = Stopwatch.GetElapsedTime(began);
        return text == $$"""{"resultado":{{number + 1}}}""" ? took : throw new BenchException($"A task was answered with {(int)response.StatusCode} {text}");
    }

    public void Dispose() => _http.Dispose();
}
