using System.Net;
using Granero.Tests.Support.Peers.Known;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granero.Tests.Support.Peers;

/// <summary>A peer's own server, which answers as the known one does unless the test says otherwise.</summary>
internal sealed class KnownPeer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KnownPeer(WebApplication app) => _app = app;

    /// <summary>The address that it logs in with.</summary>
    public string Address => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    /// <param name="answer">Its answer; none: the known one.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="instead">What there is in place of a gRPC server.</param>
    public static async Task<KnownPeer> StartAsync(
        Func<FileRequest, ServerCallContext, Task<DownloadResponse>>? answer = null, HttpProtocols protocol = HttpProtocols.Http2, RequestDelegate? instead = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Service(answer ?? AnswerAsKnown));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, port => port.Protocols = protocol));
        var app = builder.Build();
        if (instead is null)
            app.MapGrpcService<Service>();
        else
            app.Run(instead);
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task<DownloadResponse> AnswerAsKnown(FileRequest request, ServerCallContext context) =>
        Task.FromResult(new DownloadResponse { Message = $"File {request.FileName} downloaded properly!" });

    private sealed class Service(Func<FileRequest, ServerCallContext, Task<DownloadResponse>> answer) : PeerService.PeerServiceBase
    {
        public override Task<DownloadResponse> DownloadFile(FileRequest request, ServerCallContext context) => answer(request, context);
    }
}
