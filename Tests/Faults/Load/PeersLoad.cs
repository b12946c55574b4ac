using System.Net;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;

namespace Granero.Tests.Faults.Load;

/// <summary>Peers that index files and ask who has them, over REST.</summary>
internal sealed class PeersLoad : IDomainLoad
{
    private const int Peers = 4;
    private const int FilesInRequest = 5;
    private const string Domain = "peers, REST";
    private static readonly TimeSpan RequestEvery = TimeSpan.FromMilliseconds(100);

    private readonly LoadSetting _setting;
    private readonly Journal _journal;
    private readonly Peer[] _peers;

    public PeersLoad(LoadSetting setting)
    {
        (_setting, _journal) = (setting, new Journal(setting.Folder, "peers"));
        _peers = [.. Enumerable.Range(1, Peers).Select(number => new Peer(setting, $"indexer-{number}", $"172.30.0.{number}", number))];
    }

    public string Name => "peers";

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_peers.Select(peer => IndexAsync(peer, stop)));

    public async Task<IReadOnlyList<BookLine>> CheckBooksAsync()
    {
        var missing = _journal.Read().Select(entry => $"{entry[0]}/{entry[1]}").ToHashSet();
        var expected = missing.Count;
        var stored = await _setting.Granero.QueryAsync<string>("select peer || '/' || file_name from shared_files where peer like 'indexer-%'", CancellationToken.None);
        var wrong = stored.Count(row => !missing.Remove(row));
        var unseen = await CountUnseenAsync();
        return
        [
            new("files, indexed once", expected, expected - missing.Count, missing.Count, wrong),
            new("peers whose last file getFiles names", Peers, Peers - unseen, unseen),
        ];
    }

    public void Dispose()
    {
        foreach (var peer in _peers)
            peer.Dispose();
        _journal.Dispose();
    }

    private async Task IndexAsync(Peer peer, CancellationToken stop)
    {
        var pace = new Pace(RequestEvery);
        await peer.LogInAsync(Domain);
        for (var request = 0; request == 0 || !stop.IsCancellationRequested; request++)
        {
            await pace.KeepAsync();
            string[] files = [.. Enumerable.Range(0, FilesInRequest).Select(file => $"{peer.Name}-{request}-{file}.txt")];
            await peer.CallAsync(Domain, client => client.IndexAsync(files));
            foreach (var file in files)
                _journal.Acknowledged(peer.Name, file);
            peer.LastFile = files[^1];
            await peer.CallAsync(Domain, client => client.GetFilesAsync(files[0]));
        }
    }

    private async Task<int> CountUnseenAsync()
    {
        var seen = await Task.WhenAll(_peers.Select(async peer =>
            (await peer.CallAsync(Domain, client => client.GetFilesAsync(peer.LastFile))).Text.Contains($"\"{peer.Name}\"", StringComparison.Ordinal)));
        return seen.Count(isSeen => !isSeen);
    }
}

/// <summary>A peer that is logged in, and calls one REST gateway or the other.</summary>
internal sealed class Peer : IDisposable
{
    private readonly LoadSetting _setting;
    private readonly PeersClient[] _clients;
    private readonly Servers _servers;

    public Peer(LoadSetting setting, string name, string ip, int number)
    {
        (_setting, Name, _servers) = (setting, name, new Servers(setting.Granero.Rest.Count, number));
        _clients = [.. setting.Granero.Rest.Select(server => new PeersClient(new Uri($"http://{server}"), ip))];
    }

    public string Name { get; }

    public string LastFile { get; set; } = "";

    /// <returns>The token that shows who it is.</returns>
    public async Task<string> LogInAsync(string domain) => (await CallAsync(domain, client => client.LogInAsync(Name))).Json.GetProperty("token").GetString()!;

    public Task<PeersClient.Reply> CallAsync(string domain, Func<PeersClient, Task<PeersClient.Reply>> call) =>
        _setting.Calls.UntilDoneAsync(domain, _servers, async server =>
        {
            var reply = await call(_clients[server]);
            return reply.Status == HttpStatusCode.OK ? reply : throw new UnexpectedReplyException("200", $"{(int)reply.Status} {reply.Text}");
        });

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }
}
