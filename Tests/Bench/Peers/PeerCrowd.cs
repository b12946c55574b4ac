using System.Net;
using System.Text.Json;
using Granero.Bench.Report;

namespace Granero.Bench.Peers;

/// <summary>Peers that log in and index their files over REST, each at an address of its own.</summary>
internal sealed class PeerCrowd(IPEndPoint target, int connections)
{
    /// <summary>Files of each peer, which nobody else has.</summary>
    public const int FilesOfPeer = 100;

    private const string Password = "a password of the bench";

    /// <summary>How many are logged in.</summary>
    public int Count { get; private set; }

    public static byte[] Question(int peer, int file) => HttpConnection.Request("/getFiles", $$"""{"file_name":"{{FileName(peer, file)}}"}""");

    /// <summary>The one right answer to the question, byte by byte.</summary>
    public static byte[] Answer(int peer, int file)
    {
        var (name, address, fileName) = (PeerName(peer), Address(peer), FileName(peer, file));
        return System.Text.Encoding.UTF8.GetBytes(
            $$"""[{"peer_name":"{{name}}","peer_ip":"{{address}}","file_name":"{{fileName}}","download_link":"http://{{address}}/download/{{name}}/{{fileName}}"}]""");
    }

    /// <summary>Peers come until there are so many.</summary>
    public async Task GrowAsync(int count)
    {
        await EachAsync("peers log in and index", Count, count, (connection, peer) =>
        {
            LogIn(connection, peer);
            Index(connection, peer, Enumerable.Range(0, FilesOfPeer).Select(file => FileName(peer, file)));
        });
        Count = Math.Max(Count, count);
    }

    /// <summary>One more peer indexes so many files by one request, and leaves.</summary>
    /// <returns>How long that request took, and how long the logout that took them out again.</returns>
    public (TimeSpan Index, TimeSpan LogOut) IndexAtOnce(int files)
    {
        using var connection = new HttpConnection(target);
        var peer = Count;
        LogIn(connection, peer);
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        Index(connection, peer, Enumerable.Range(0, files).Select(file => FileName(peer, file)));
        var indexed = System.Diagnostics.Stopwatch.GetTimestamp();
        if (!connection.Exchange(Question(peer, files - 1)).SequenceEqual(Answer(peer, files - 1)))
            throw new BenchException("What has just been indexed is not found.");
        var left = System.Diagnostics.Stopwatch.GetTimestamp();
        LogOut(connection, peer);
        return (System.Diagnostics.Stopwatch.GetElapsedTime(start, indexed), System.Diagnostics.Stopwatch.GetElapsedTime(left));
    }

    /// <summary>All leave.</summary>
    public async Task LeaveAsync()
    {
        await EachAsync("peers log out", 0, Count, LogOut);
        Count = 0;
    }

    private static string PeerName(int peer) => $"bench-{peer}";

    private static string Address(int peer) => $"10.{(peer >> 16) & 255}.{(peer >> 8) & 255}.{peer & 255}";

    private static string FileName(int peer, int file) => $"bench-{peer}-{file}.mp3";

    private static void LogIn(HttpConnection connection, int peer) => connection.Exchange(HttpConnection.Request(
        "/login", $$"""{"username":"{{PeerName(peer)}}","password":"{{Password}}","peer_ip":"{{Address(peer)}}"}"""));

    private static void LogOut(HttpConnection connection, int peer) => connection.Exchange(HttpConnection.Request("/logout", $$"""{"peer_ip":"{{Address(peer)}}"}"""));

    private static void Index(HttpConnection connection, int peer, IEnumerable<string> files) => connection.Exchange(HttpConnection.Request(
        "/indexFiles", JsonSerializer.Serialize(new { peer_ip = Address(peer), peer_files = files })));

    private async Task EachAsync(string label, int from, int to, Action<HttpConnection, int> act)
    {
        var (next, done) = (from - 1, 0);
        await using var progress = new Progress(label, to - from, () => done);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var connection = new HttpConnection(target);
                for (int peer; (peer = Interlocked.Increment(ref next)) < to; Interlocked.Increment(ref done)) act(connection, peer);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }
}
