using System.Security.Cryptography;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Tests.Support.Peers;
using Google.Protobuf;
using Grpc.Net.Client;

namespace Granero.Tests.Faults.Load;

/// <summary>Peers that publish files, over gRPC.</summary>
internal sealed class PublishLoad : IDomainLoad
{
    public const string Domain = "publish, gRPC";

    private const int Publishers = 2;
    private const int MaxBytes = 200_000;
    private const int MaxDownloads = 200;
    private static readonly TimeSpan FileEvery = TimeSpan.FromMilliseconds(200);

    private readonly LoadSetting _setting;
    private readonly Journal _journal;
    private readonly Peer[] _peers;
    private readonly GrpcChannel[] _channels;

    public PublishLoad(LoadSetting setting)
    {
        (_setting, _journal) = (setting, new Journal(setting.Folder, "publish"));
        _peers = [.. Enumerable.Range(1, Publishers).Select(number => new Peer(setting, $"publisher-{number}", $"172.31.0.{number}", number))];
        _channels = [.. setting.Granero.Grpc.Select(server => GrpcChannel.ForAddress($"http://{server}", new() { MaxReconnectBackoff = TimeSpan.FromSeconds(1) }))];
    }

    public string Name => "publish";

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_peers.Select((peer, number) => PublishAsync(peer, number, stop)));

    public async Task<IReadOnlyList<BookLine>> CheckBooksAsync()
    {
        var missing = _journal.Read().Select(entry => string.Join('/', entry)).ToHashSet();
        var expected = missing.Count;
        var stored = await _setting.Granero.QueryAsync<string>("select peer || '/' || file_name || '/' || encode(sha256, 'hex') from published_files", CancellationToken.None);
        var wrong = stored.Count(row => !missing.Remove(row));
        string[][] downloads = [.. _journal.Read().TakeLast(MaxDownloads)];
        var whole = 0;
        foreach (var entry in downloads)
            whole += await IsWholeAsync(entry[0], entry[1], entry[2]) ? 1 : 0;
        return
        [
            new("files, published once", expected, expected - missing.Count, missing.Count, wrong),
            new("the last of them, downloaded whole", downloads.Length, whole, downloads.Length - whole),
        ];
    }

    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
        foreach (var peer in _peers)
            peer.Dispose();
        _journal.Dispose();
    }

    private async Task PublishAsync(Peer peer, int number, CancellationToken stop)
    {
        var (pace, random, servers) = (new Pace(FileEvery), new Random(_setting.Seed + number), new Servers(_channels.Length, number));
        var token = await peer.LogInAsync("peers, REST");
        for (var file = 0; file == 0 || !stop.IsCancellationRequested; file++)
        {
            await pace.KeepAsync();
            var content = new byte[random.Next(MaxBytes)];
            random.NextBytes(content);
            var hash = SHA256.HashData(content);
            var header = new PublishHeader
            {
                PeerName = peer.Name, Token = token, FileName = $"{file}.bin", Length = (ulong)content.Length, Sha256 = ByteString.CopyFrom(hash),
            };
            await _setting.Calls.UntilDoneAsync(Domain, servers, server =>
                FilesOf(server).SendAsync([new() { Header = header }, .. FilesClient.ChunksOf(content)]));
            _journal.Acknowledged(peer.Name, header.FileName, Convert.ToHexStringLower(hash));
        }
    }

    private Files.FilesClient FilesOf(int server) => new(_channels[server]);

    private async Task<bool> IsWholeAsync(string peer, string file, string hash)
    {
        var (_, content) = await _setting.Calls.UntilDoneAsync(Domain, new Servers(_channels.Length), server => FilesOf(server).DownloadAsync(file, peer));
        return Convert.ToHexStringLower(SHA256.HashData(content)) == hash;
    }
}
