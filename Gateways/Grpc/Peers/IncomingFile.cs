using System.Security.Cryptography;
using Granero.Support;
using Microsoft.Win32.SafeHandles;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>A file that is being received: written and hashed as it comes, and part of the store only once it is kept.</summary>
internal sealed class IncomingFile(Guid id, string incoming, string final) : IAsyncDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(incoming, FileMode.CreateNew, FileAccess.Write, FileShare.None);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public Guid Id => id;

    /// <summary>Bytes received so far.</summary>
    public long Length { get; private set; }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        await RandomAccess.WriteAsync(_file, bytes, Length, cancellationToken);
        Length += bytes.Length;
    }

    /// <summary>The SHA-256 of all that was received; once only.</summary>
    public byte[] Hash() => _hash.GetHashAndReset();

    /// <summary>Makes the file part of the store: whole and durable when this returns.</summary>
    /// <remarks>On a thread of its own: a long file takes seconds to reach the disk.</remarks>
    public Task KeepAsync() => Task.Factory.StartNew(Keep, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Keep()
    {
        RandomAccess.FlushToDisk(_file);
        _file.Dispose(); // nobody can open it while it is open here
        File.Move(incoming, final);
        DurableFolder.Flush(Path.GetDirectoryName(final)!);
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        _hash.Dispose();
        File.Delete(incoming);
        return ValueTask.CompletedTask;
    }
}
