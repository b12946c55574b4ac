namespace Granero.Tests.Faults.Load;

/// <summary>What a domain's clients were told, a line for each acknowledgement, written before the client goes on. The books are made from it.</summary>
internal sealed class Journal : IDisposable
{
    private const char Separator = '|';

    private readonly Lock _gate = new();
    private readonly string _file;
    private readonly StreamWriter _writer;

    public Journal(string folder, string domain)
    {
        _file = Path.Combine(folder, $"{domain}.journal");
        _writer = new(new FileStream(_file, FileMode.CreateNew, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
    }

    public void Acknowledged(params object[] entry)
    {
        lock (_gate)
            _writer.WriteLine(string.Join(Separator, entry));
    }

    public IEnumerable<string[]> Read()
    {
        using var reader = new StreamReader(new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
            yield return line.Split(Separator);
    }

    public void Dispose() => _writer.Dispose();
}
