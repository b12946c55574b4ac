using System.Security.Cryptography;
using Google.Protobuf;
using Granero.Gateways.Grpc.Peers.V1;
using Grpc.Core;

namespace Granero.Tests.Support.Peers;

/// <summary>Calls of <c>granero.peers.v1.Files</c>, and what may be wrong with them.</summary>
internal static class FilesClient
{
    public const int ChunkBytes = 60_000;

    public static byte[] NewContent(int length)
    {
        var content = new byte[length];
        Random.Shared.NextBytes(content);
        return content;
    }

    public static PublishHeader HeaderOf(Visitor peer, string file, byte[] content, string token = "") => new()
    {
        PeerName = peer.Name,
        Token = token,
        FileName = file,
        Length = (ulong)content.Length,
        Sha256 = ByteString.CopyFrom(SHA256.HashData(content)),
    };

    public static Task<PublishReply> PublishAsync(this Files.FilesClient files, Visitor peer, string file, byte[] content, string token = "") =>
        files.SendAsync([new() { Header = HeaderOf(peer, file, content, token) }, .. ChunksOf(content)]);

    /// <summary>Sends the messages, stops when it is refused, and returns what the server makes of them.</summary>
    public static async Task<PublishReply> SendAsync(this Files.FilesClient files, IEnumerable<PublishRequest> messages)
    {
        using var call = files.Publish();
        try
        {
            foreach (var message in messages) await call.RequestStream.WriteAsync(message);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception refused) when (refused is RpcException or InvalidOperationException)
        {
            // The answer says it better than the message that came too late.
        }

        return await call.ResponseAsync;
    }

    public static IEnumerable<PublishRequest> ChunksOf(byte[] content) =>
        content.Chunk(ChunkBytes).Select(chunk => new PublishRequest { Chunk = ByteString.CopyFrom(chunk) });

    public static async Task<(FileHeader Header, byte[] Content)> DownloadAsync(this Files.FilesClient files, string file, string peer = "", ulong offset = 0)
    {
        using var call = files.Download(new DownloadRequest { FileName = file, PeerName = peer, Offset = offset });
        return (await call.ReadHeaderAsync(), await call.ReadContentAsync());
    }

    public static async Task<FileHeader> ReadHeaderAsync(this AsyncServerStreamingCall<DownloadReply> call)
    {
        await call.ResponseStream.MoveNext(CancellationToken.None);
        return call.ResponseStream.Current.Header ?? throw new InvalidDataException("The first message of a download is not its header.");
    }

    public static async Task<byte[]> ReadContentAsync(this AsyncServerStreamingCall<DownloadReply> call)
    {
        using var content = new MemoryStream();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            if (reply.PartCase != DownloadReply.PartOneofCase.Chunk || reply.Chunk.Length >= 85_000)
                throw new InvalidDataException($"A {reply.PartCase} of {reply.CalculateSize()} bytes, where a chunk was due.");
            reply.Chunk.WriteTo(content);
        }

        return content.ToArray();
    }
}
