using System.Security.Cryptography;

namespace Granero.Bench.Downloads;

/// <summary>The file that is published and downloaded: random bytes, which nothing can shorten. Gone when disposed.</summary>
internal sealed class SampleFile : IDisposable
{
    private const int BlockBytes = 1024 * 1024;

    private SampleFile(string path, long length, byte[] sha256) => (Path, Length, Sha256) = (path, length, sha256);

    public string Path { get; }

    public long Length { get; }

    public byte[] Sha256 { get; }

    public static async Task<SampleFile> MakeAsync(int mebibytes)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"granero-bench-{Guid.NewGuid():N}");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[BlockBytes];
        await using var file = File.Create(path, bufferSize: 0);
        for (var i = 0; i < mebibytes; i++)
        {
            Random.Shared.NextBytes(block);
            hash.AppendData(block);
            await file.WriteAsync(block);
        }

        return new SampleFile(path, (long)mebibytes * BlockBytes, hash.GetHashAndReset());
    }

    public void Dispose() => File.Delete(Path);
}
