using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Granero.Tests.Support.Peers;

/// <summary>Messages of gRPC as bytes, to send what no client would: a flag, four bytes of length, the message.</summary>
internal static class Messages
{
    private const int PrefixBytes = 5;

    public static byte[] Plain(byte[] message) => Framed(message, isCompressed: false);

    public static byte[] Compressed(IMessage message)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            message.WriteTo(gzip);
        return Framed(packed.ToArray(), isCompressed: true);
    }

    /// <returns>The status, <c>grpc-status</c> and <c>grpc-message</c>.</returns>
    public static async Task<(string? Status, string Detail)> SendAsync(GrpcGateway gateway, string method, byte[] body, string encoding = "identity")
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.Port}") };
        using var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            Headers = { { "grpc-encoding", encoding }, { "te", "trailers" } },
        };
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return (Header(response, "grpc-status"), Uri.UnescapeDataString(Header(response, "grpc-message") ?? ""));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.First() : null;

    private static byte[] Framed(byte[] message, bool isCompressed)
    {
        var framed = new byte[PrefixBytes + message.Length];
        framed[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, PrefixBytes);
        return framed;
    }
}
