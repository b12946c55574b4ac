using System.Globalization;
using System.IO.Enumeration;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>
/// The files of <c>Tasks:LogsFolder</c>: what containers leave in theirs is gathered in <c>task_service.log.json</c>, what the silo does with tasks
/// goes to <c>servidor.log.json</c>. Source: protocols.md, section 3. A container has a folder of its own: it cannot touch what others wrote.
/// </summary>
internal sealed partial class TaskLogs(IOptions<TasksOptions> options, TimeProvider time, ILogger<TaskLogs> logger)
{
    private const string ServiceLog = "task_service.log.json";
    private const string ServerLog = "servidor.log.json";
    private const long MaxFileBytes = 64 * 1024 * 1024;
    private const int MaxFiles = 1000;
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    /// <summary>Nothing in such a folder is trusted: a link in it may lead anywhere.</summary>
    private static readonly EnumerationOptions NoLinks = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    /// <returns>The full path of a new container's own folder; null if logs are not kept.</returns>
    public string? NewFolder(string container)
    {
        if (FolderOf(container) is not { } path)
            return null;
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, Everybody);
        return path;
    }

    /// <returns>The full path of a container's own folder, whether it is there or not; null if logs are not kept.</returns>
    public string? FolderOf(string container) =>
        options.Value.LogsFolder is { Length: > 0 } root ? Path.Combine(root, "containers", container) : null;

    /// <returns>Whether a container has written more there than it may, or so deep that nobody can look. What vanishes meanwhile counts nothing.</returns>
    public bool IsTooFull(string folder)
    {
        var (bytes, files) = (0L, 0);
        try
        {
            foreach (var length in new FileSystemEnumerable<long>(folder, static (ref entry) => entry.IsDirectory ? 0 : entry.Length, NoLinks))
            {
                bytes += length;
                if (bytes > options.Value.MaxLogBytes || ++files > MaxFiles)
                    return true;
            }
        }
        catch (Exception failure) when (IsOfFiles(failure))
        {
            return failure is PathTooLongException;
        }

        return false;
    }

    /// <summary>Takes what a container that is gone has left in its folder, and removes the folder.</summary>
    public void Collect(string? folder)
    {
        lock (_lock)
        {
            if (!Directory.Exists(folder))
                return;
            try
            {
                // Only a plain file: a link or a pipe of that name is not read.
                var file = new FileInfo(Path.Combine(folder, ServiceLog));
                if (file.Exists && file.LinkTarget is null && file.Length > 0)
                    Append(ServiceLog, ReadStart(file));
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception failure) when (IsOfFiles(failure))
            {
                LogNotCollected(folder, failure.Message);
            }
        }
    }

    /// <summary>A line of the silo's own.</summary>
    public void Write(LogLevel level, string component, string message, string? exception = null)
    {
        if (options.Value.LogsFolder is not { Length: > 0 })
            return;
        var fields = new Dictionary<string, string>
        {
            ["timestamp"] = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            ["nivel"] = level is LogLevel.Information ? "INFO" : level.ToString().ToUpperInvariant(),
            ["componente"] = component,
            ["mensaje"] = message,
        };
        if (exception is not null)
            fields["excepcion"] = exception;
        try
        {
            Append(ServerLog, [.. JsonSerializer.SerializeToUtf8Bytes(fields, Readable), (byte)'\n']);
        }
        catch (Exception failure) when (IsOfFiles(failure))
        {
            LogNotWritten(ServerLog, failure.Message);
        }
    }

    /// <summary>What files and folders can bring about; those of containers have names, depths and lives of any kind.</summary>
    private static bool IsOfFiles(Exception failure) => failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>Whole lines: the next container's begin on one of their own.</summary>
    private byte[] ReadStart(FileInfo file)
    {
        using var stream = file.OpenRead();
        var bytes = new byte[Math.Min(file.Length, options.Value.MaxLogBytes)];
        var read = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        return read.EndsWith("\n"u8) ? read.ToArray() : [.. read, (byte)'\n'];
    }

    private void Append(string name, byte[] bytes)
    {
        var path = Path.Combine(options.Value.LogsFolder!, name);
        lock (_lock)
        {
            if (File.Exists(path) && new FileInfo(path).Length > MaxFileBytes)
                File.Move(path, path + ".1", overwrite: true);
            Directory.CreateDirectory(options.Value.LogsFolder!);
            File.AppendAllBytes(path, bytes);
        }
    }

    [LoggerMessage(3008, LogLevel.Warning, "The logs in {Folder} could not be gathered: {Reason}")]
    private partial void LogNotCollected(string folder, string reason);

    [LoggerMessage(3009, LogLevel.Warning, "{File} could not be written: {Reason}")]
    private partial void LogNotWritten(string file, string reason);
}
