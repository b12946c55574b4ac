namespace Granero.Peers;

/// <summary>How file names are divided into slices.</summary>
public static class SharedFiles
{
    /// <summary>
    /// The rows of <c>shared_files</c> are stored with their slice, so neither this number nor <see cref="SliceOf"/> may change while there
    /// are rows. A thousand names to a slice when there are a million.
    /// </summary>
    public const int Slices = 1024;

    /// <returns>From 0 up to, not including, <see cref="Slices"/>; the same in every process: FNV-1a over the UTF-16 code units.</returns>
    public static int SliceOf(string fileName)
    {
        const uint offset = 2166136261, prime = 16777619;
        var hash = offset;
        foreach (var unit in fileName)
        {
            hash = (hash ^ (byte)unit) * prime;
            hash = (hash ^ (byte)(unit >> 8)) * prime;
        }

        return (int)((hash ^ (hash >> 16)) % Slices);
    }

    /// <summary>The grain that knows who shares a file.</summary>
    public static ISharedFilesGrain GetSharedFiles(this IGrainFactory grains, string fileName) =>
        grains.GetGrain<ISharedFilesGrain>(SliceOf(fileName));
}
