using System.Security.Cryptography;
using Granero.Gateways.Grpc.Peers;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;
using static Granero.Tests.Support.Peers.FilesClient;

namespace Granero.Tests.Peers.Grpc;

[Collection(GrpcCollection.Name)]
public sealed class FileStoreTests(GrpcCluster peers) : IDisposable
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("granero-store-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_file_is_in_the_store_only_once_it_is_kept()
    {
        using var store = Open();
        await using var incoming = store.Receive();
        await incoming.AppendAsync(new byte[] { 1, 2 }, Cancelled);
        await incoming.AppendAsync(new byte[] { 3 }, Cancelled);

        Assert.Null(store.Open(incoming.Id));
        Assert.Equal(SHA256.HashData([1, 2, 3]), incoming.Hash());
        await incoming.KeepAsync();

        using (var kept = store.Open(incoming.Id)) Assert.Equal(3, RandomAccess.GetLength(kept!));
        store.Remove(incoming.Id);
        Assert.Null(store.Open(incoming.Id));
        store.Remove(incoming.Id);
    }

    [Fact]
    public async Task What_a_dead_process_was_receiving_is_removed_and_what_a_living_one_is_stays()
    {
        var dead = _root.CreateSubdirectory("incoming/dead");
        await File.WriteAllTextAsync(Path.Combine(dead.FullName, "part"), "cut off", Cancelled);
        await File.WriteAllTextAsync(dead.FullName + ".lock", "", Cancelled);
        using var living = Open();
        await using var incoming = living.Receive();
        using var starting = Open();

        Assert.Equal(1, starting.RemoveLeftOvers());
        Assert.Equal(0, living.RemoveLeftOvers());

        Assert.False(dead.Exists && Directory.Exists(dead.FullName));
        await incoming.AppendAsync(new byte[] { 1 }, Cancelled);
        await incoming.KeepAsync();
        Assert.NotNull(starting.Open(incoming.Id));
    }

    [Fact]
    public void A_store_that_is_closed_leaves_nothing_of_itself()
    {
        using (Open()) Assert.NotEmpty(_root.GetDirectories("incoming")[0].GetFileSystemInfos());

        Assert.Empty(_root.GetDirectories("incoming")[0].GetFileSystemInfos());
    }

    [Fact]
    public async Task The_sweep_removes_old_bytes_that_nobody_has_published_and_nothing_else()
    {
        await using var gateway = await peers.StartGatewayAsync();
        var (peer, file) = await peers.ShareAsync();
        await gateway.Files.PublishAsync(peer, file, NewContent(10));
        var published = Assert.Single(gateway.StoredFiles());
        var store = gateway.Service<FileStore>();
        await KeepOneAsync(store);
        foreach (var path in gateway.StoredFiles()) File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-2));
        var recent = await KeepOneAsync(store);

        var sweep = Assert.Single(gateway.Service<IEnumerable<IHostedService>>().OfType<StoreSweep>());
        Assert.Equal(1, await sweep.SweepAsync(Cancelled));

        Assert.Equal(new[] { published, recent }.Order(), gateway.StoredFiles().Order());

        async Task<string> KeepOneAsync(FileStore into)
        {
            var before = gateway.StoredFiles();
            await using var incoming = into.Receive();
            await incoming.KeepAsync();
            return Assert.Single(gateway.StoredFiles().Except(before));
        }
    }

    [Fact]
    public async Task A_sweep_that_fails_for_whatever_reason_is_made_again_the_next_day()
    {
        var (time, log, asked, sweptAgain) = (new ManualTime(), new LogCollector(), 0, new TaskCompletionSource());
        using var store = Open();
        await using (var incoming = store.Receive()) await incoming.KeepAsync();
        foreach (var file in _root.GetFiles("*", SearchOption.AllDirectories)) file.LastWriteTimeUtc = time.GetUtcNow().AddHours(-2).UtcDateTime;
        var grains = InterceptedGrains.Of((_, _) =>
        {
            if (++asked == 1) throw new NpgsqlException("gone");
            sweptAgain.SetResult();
            return Task.FromResult(Array.Empty<Guid>());
        });
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        using var sweep = new StoreSweep(grains, store, time, logs.CreateLogger<StoreSweep>());

        await sweep.StartAsync(Cancelled);
        Assert.Equal(TimeSpan.FromDays(1), await time.NextWaitAsync());
        time.Advance(TimeSpan.FromDays(1));

        await sweptAgain.Task.Soon();
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning);
        await sweep.StopAsync(Cancelled);
    }

    private FileStore Open() => new(Options.Create(new PeersOptions { StoreRoot = _root.FullName }));
}
