using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Granero.Gateways.Grpc.Peers.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Granero.Bench.Downloads;

/// <summary>A client of the gRPC gateway, with the settings that it has by default, for a peer that logs in over REST.</summary>
internal sealed class GatewayFiles(IPEndPoint grpc, IPEndPoint rest) : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress($"http://{grpc}");
    private readonly string _peer = $"bench-{Guid.NewGuid():N}";

    /// <summary>Logs in and publishes the file under its peer's name.</summary>
    /// <param name="sample">What is published.</param>
    /// <param name="sent">Gets the bytes sent so far.</param>
    public async Task PublishAsync(SampleFile sample, Action<long> sent)
    {
        var token = await LogInAsync();
        using var call = new Files.FilesClient(_channel).Publish();
        await call.RequestStream.WriteAsync(new PublishRequest { Header = HeaderOf(sample, token) });
        await using var file = File.OpenRead(sample.Path);
        var chunk = new byte[ChunkBytes];
        for (int read; (read = await file.ReadAsync(chunk)) > 0; sent(file.Position))
            await call.RequestStream.WriteAsync(new PublishRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk.AsMemory(0, read)) });
        await call.RequestStream.CompleteAsync();
        await call;
    }

    /// <param name="hash">Gets the bytes, where that is wanted.</param>
    /// <returns>How many bytes came.</returns>
    public async Task<long> DownloadAsync(IncrementalHash? hash = null)
    {
        var request = new DownloadRequest { FileName = _peer, PeerName = _peer };
        using var call = _channel.CreateCallInvoker().AsyncServerStreamingCall(new ChunkBuffer().Method, host: null, new CallOptions(), request);
        var bytes = 0L;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var chunk = call.ResponseStream.Current.Chunk;
            hash?.AppendData(chunk);
            bytes += chunk.Length;
        }

        return bytes;
    }

    public void Dispose() => _channel.Dispose();

    private async Task<string> LogInAsync()
    {
        using var http = new HttpClient();
        var login = new { username = _peer, password = _peer, peer_ip = $"127.0.0.1:{Random.Shared.Next(1024, 65_536)}" };
        using var reply = await http.PostAsJsonAsync(new Uri($"http://{rest}/login"), login);
        if (!reply.IsSuccessStatusCode) throw new BenchException($"The REST gateway at {rest} refused a login: {await reply.Content.ReadAsStringAsync()}");
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    private PublishHeader HeaderOf(SampleFile sample, string token) => new()
    {
        PeerName = _peer,
        Token = token,
        FileName = _peer,
        Length = (ulong)sample.Length,
        Sha256 = ByteString.CopyFrom(sample.Sha256),
    };
}
