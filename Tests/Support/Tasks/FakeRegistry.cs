using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granero.Tests.Support.Tasks;

/// <summary>
/// A registry of images in memory, with one user, on 127.0.0.1, where engines take plain HTTP. Source: the distribution specification of the
/// Open Container Initiative, as far as an engine needs it to push and to pull.
/// </summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    public const string User = "ana";
    public const string Token = "t0k3n-that-nobody-may-see";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, (string Type, byte[] Body)> _manifests = new();
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new();

    private FakeRegistry(WebApplication app)
    {
        _app = app;
        app.Run(AnswerAsync);
    }

    /// <summary>Host and port: the first part of its images' names.</summary>
    public string Name => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    /// <summary>What was pushed, as <c>ana/repo/manifests/tag</c>.</summary>
    public IEnumerable<string> Manifests => _manifests.Keys;

    public static async Task<FakeRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var registry = new FakeRegistry(app);
        await app.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var (request, response) = (http.Request, http.Response);
        if (request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Token}")))
        {
            response.StatusCode = 401;
            response.Headers.WWWAuthenticate = "Basic realm=\"registry\"";
            return;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var path = request.Path.Value!["/v2/".Length..];
        switch (request.Method)
        {
            case "POST":
                Upload(response, path + Guid.NewGuid(), []);
                break;
            case "PATCH":
                Upload(response, path, body.ToArray());
                break;
            case "PUT" when path.Contains("/uploads/", StringComparison.Ordinal):
                Finish(response, path, request.Query["digest"].ToString(), body.ToArray());
                break;
            case "PUT":
                _manifests[path] = (request.ContentType!, body.ToArray());
                _manifests[path[..(path.LastIndexOf('/') + 1)] + Digest(body.ToArray())] = _manifests[path];
                response.Headers["Docker-Content-Digest"] = Digest(body.ToArray());
                response.StatusCode = 201;
                break;
            default:
                await SendAsync(http, path);
                break;
        }
    }

    private void Upload(HttpResponse response, string path, byte[] part)
    {
        var upload = _uploads.GetOrAdd(path, _ => new());
        upload.Write(part);
        response.StatusCode = 202;
        response.Headers.Location = "/v2/" + path;
        response.Headers["Docker-Upload-UUID"] = path.Split('/')[^1];
        response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";
    }

    private void Finish(HttpResponse response, string path, string digest, byte[] last)
    {
        var upload = _uploads[path];
        upload.Write(last);
        _blobs[digest] = upload.ToArray();
        response.StatusCode = 201;
        response.Headers["Docker-Content-Digest"] = digest;
    }

    private async Task SendAsync(HttpContext http, string path)
    {
        var (isBlob, response) = (path.Contains("/blobs/", StringComparison.Ordinal), http.Response);
        if (path.Length == 0)
            return;
        byte[]? body = null;
        if (isBlob)
            _blobs.TryGetValue(path.Split('/')[^1], out body);
        else if (_manifests.TryGetValue(path, out var manifest))
            (response.ContentType, body) = manifest;
        if (body is null)
        {
            response.StatusCode = 404;
            return;
        }

        response.ContentLength = body.Length;
        response.Headers["Docker-Content-Digest"] = Digest(body);
        if (http.Request.Method == "GET")
            await response.Body.WriteAsync(body);
    }

    private static string Digest(byte[] body) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(body));
}
