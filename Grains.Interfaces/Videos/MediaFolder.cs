using System.Globalization;
using Granero.Support;

namespace Granero.Videos;

/// <summary>The media store as a folder of a file system.</summary>
/// <remarks>
/// <code>
/// uploads/3f/3f2a…        whole uploads, by the gateway's id
/// partial/3f2a…           uploads that may come in several requests
/// incoming/3f2a…          uploads that one request brings
/// encoding/17.1.mp4       what the first attempt at video 17 writes
/// results/11/17.1.mp4     what it has written, once it is whole
/// </code>
/// </remarks>
public sealed class MediaFolder : IMediaStore
{
    private const string ResultEnding = ".mp4";

    private readonly string _root;

    /// <param name="root">The folder, which is made if need be.</param>
    /// <exception cref="IOException">It cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public MediaFolder(string root)
    {
        _root = Path.GetFullPath(root);
        foreach (var folder in (string[])["partial", "incoming", "encoding"])
            Directory.CreateDirectory(Path.Combine(_root, folder));
        for (var i = 0; i <= byte.MaxValue; i++)
        {
            Directory.CreateDirectory(Path.Combine(_root, "uploads", Hex(i)));
            Directory.CreateDirectory(Path.Combine(_root, "results", Hex(i)));
        }

        File.Create(Path.Combine(_root, "incoming", Path.GetRandomFileName()), bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
    }

    /// <inheritdoc/>
    public long FreeBytes => new DriveInfo(_root).AvailableFreeSpace;

    /// <inheritdoc/>
    public string UploadPath(Guid upload) => Path.Combine(_root, "uploads", upload.ToString("N")[^2..], upload.ToString("N"));

    /// <inheritdoc/>
    public string PartialPath(Guid upload) => Path.Combine(_root, "partial", upload.ToString("N"));

    /// <inheritdoc/>
    public string IncomingPath(Guid upload) => Path.Combine(_root, "incoming", upload.ToString("N"));

    /// <inheritdoc/>
    public string EncodingPath(long video, int attempt) => Path.Combine(_root, "encoding", NameOf(video, attempt));

    /// <inheritdoc/>
    public string ResultPath(long video, int attempt) => Path.Combine(_root, "results", Hex((int)(video % 256)), NameOf(video, attempt));

    /// <inheritdoc/>
    public void Keep(string source, string target)
    {
        using (var file = File.OpenHandle(source, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        File.Move(source, target, overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(target)!);
    }

    /// <inheritdoc/>
    public void Remove(string path) => File.Delete(path);

    /// <inheritdoc/>
    public IEnumerable<(Guid Upload, string Path)> UploadsBefore(DateTimeOffset time) =>
        from path in OlderFiles("uploads", time).Concat(OlderFiles("partial", time))
        let id = Guid.TryParseExact(Path.GetFileName(path), "N", out var parsed) ? parsed : (Guid?)null
        where id is not null
        select (id.Value, path);

    /// <inheritdoc/>
    public IEnumerable<(long Video, int Attempt, bool IsWhole, string Path)> ResultsBefore(DateTimeOffset time) =>
        from file in OlderFiles("results", time).Select(path => (Path: path, IsWhole: true)).Concat(OlderFiles("encoding", time).Select(path => (Path: path, IsWhole: false)))
        let parts = Path.GetFileName(file.Path).Split('.')
        where parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (long.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), file.IsWhole, file.Path);

    /// <inheritdoc/>
    public IEnumerable<string> IncomingBefore(DateTimeOffset time) => OlderFiles("incoming", time);

    private static string NameOf(long video, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{video}.{attempt}{ResultEnding}");

    private static string Hex(int number) => number.ToString("x2", CultureInfo.InvariantCulture);

    private IEnumerable<string> OlderFiles(string folder, DateTimeOffset time) =>
        Directory.EnumerateFiles(Path.Combine(_root, folder), "*", SearchOption.AllDirectories).Where(path => File.GetLastWriteTimeUtc(path) < time.UtcDateTime);
}
