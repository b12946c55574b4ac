using System.Globalization;
using System.Text.Json;

namespace Granero.TaskService;

/// <summary>
/// A JSON object a line with <c>timestamp</c>, <c>nivel</c>, <c>componente</c>, <c>mensaje</c> and perhaps <c>excepcion</c>, in a file and on
/// standard output. A file that cannot be written costs no task: the lines are on standard output still.
/// </summary>
internal sealed class TaskLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stream _output = Console.OpenStandardOutput();
    private FileStream? _file;

    public TaskLog(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // No buffer: a container may be killed at any moment, and the lines are what is left of it.
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Write("WARNING", "main", "El archivo de registro no se puede abrir", failure.Message);
        }
    }

    public void Write(string level, string component, string message, string? exception = null)
    {
        byte[] line = [.. Replies.Object(json => WriteFields(json, level, component, message, exception)), (byte)'\n'];
        lock (_lock)
        {
            _output.Write(line);
            try
            {
                _file?.Write(line);
            }
            catch (IOException)
            {
                // Full, most likely. What follows goes to standard output alone.
                _file = null;
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    private static void WriteFields(Utf8JsonWriter json, string level, string component, string message, string? exception)
    {
        json.WriteString("timestamp", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteString("nivel", level);
        json.WriteString("componente", component);
        json.WriteString("mensaje", message);
        if (exception is not null)
            json.WriteString("excepcion", exception);
    }
}
