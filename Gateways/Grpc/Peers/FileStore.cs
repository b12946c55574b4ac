using System.Globalization;
using Granero.Support;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>
/// The files that peers published, below <c>Peers:StoreRoot</c>. A file lies under an id that the gateway made; what clients call it never
/// becomes part of a path. Which id is whose file is for the grains to say: a file that no grain has recorded is not there.
/// </summary>
/// <remarks>
/// <code>
/// files/3f/3f2a…        whole files, by their id
/// incoming/77ab….lock   held by one gateway process while it lives
/// incoming/77ab…/       what that process is still receiving
/// </code>
/// </remarks>
internal sealed class FileStore : IDisposable
{
    private const string LockEnding = ".lock";

    private readonly string _files;
    private readonly string _allIncoming;
    private readonly string _incoming;
    private readonly SafeFileHandle _lock;

    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public FileStore(IOptions<PeersOptions> options)
    {
        var root = Path.GetFullPath(options.Value.StoreRoot);
        _files = Path.Combine(root, "files");
        _allIncoming = Path.Combine(root, "incoming");
        _incoming = Path.Combine(_allIncoming, Guid.NewGuid().ToString("N"));
        for (var i = 0; i <= byte.MaxValue; i++) Directory.CreateDirectory(Path.Combine(_files, i.ToString("x2", CultureInfo.InvariantCulture)));
        Directory.CreateDirectory(_allIncoming);
        _lock = File.OpenHandle(_incoming + LockEnding, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        Directory.CreateDirectory(_incoming);
        foreach (var folder in (string[])[root, _files, _allIncoming]) DurableFolder.Flush(folder);
    }

    /// <summary>A new file to be received. Disposing it without <see cref="IncomingFile.KeepAsync"/> leaves nothing behind.</summary>
    public IncomingFile Receive()
    {
        var id = Guid.NewGuid();
        return new IncomingFile(id, Path.Combine(_incoming, id.ToString("N")), PathOf(id));
    }

    /// <returns>The file, which stays readable even if it is removed meanwhile; null when there is none.</returns>
    public SafeFileHandle? Open(Guid id)
    {
        try
        {
            return File.OpenHandle(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Harmless when it is gone already.</summary>
    public void Remove(Guid id) => File.Delete(PathOf(id));

    /// <summary>Whole files that were stored before the given time.</summary>
    public IEnumerable<Guid> StoredBefore(DateTimeOffset time) =>
        from path in Directory.EnumerateFiles(_files, "*", SearchOption.AllDirectories)
        where File.GetLastWriteTimeUtc(path) < time.UtcDateTime
        let name = Path.GetFileName(path)
        where Guid.TryParseExact(name, "N", out _)
        select Guid.ParseExact(name, "N");

    /// <summary>Removes what processes that are gone were receiving.</summary>
    /// <returns>How many files that were.</returns>
    public int RemoveLeftOvers() =>
        Directory.EnumerateFiles(_allIncoming, "*" + LockEnding).Where(path => path != _incoming + LockEnding).Sum(RemoveIfDead);

    public void Dispose()
    {
        Directory.Delete(_incoming, recursive: true);
        File.Delete(_incoming + LockEnding);
        _lock.Dispose();
    }

    private static int RemoveIfDead(string lockPath)
    {
        try
        {
            using var held = File.OpenHandle(lockPath, FileMode.Open, FileAccess.Write, FileShare.None);
            var leftOvers = RemoveFolder(lockPath[..^LockEnding.Length]);
            File.Delete(lockPath);
            return leftOvers;
        }
        catch (IOException)
        {
            // Its process lives and holds the lock, or another gateway that starts now is removing the same.
            return 0;
        }
    }

    private static int RemoveFolder(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        var leftOvers = Directory.GetFiles(folder).Length;
        Directory.Delete(folder, recursive: true);
        return leftOvers;
    }

    private string PathOf(Guid id)
    {
        var name = id.ToString("N");
        return Path.Combine(_files, name[..2], name);
    }
}
