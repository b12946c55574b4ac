namespace Granero.Bench.Downloads;

/// <summary>One download, from the request to the last byte.</summary>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="ServerCpuSeconds">What the server's process used meanwhile; null where it was not measured.</param>
internal sealed record Transfer(long Bytes, TimeSpan Elapsed, double? ServerCpuSeconds)
{
    public double BytesPerSecond => Bytes / Elapsed.TotalSeconds;

    public double? CpuSecondsPerGigabyte => ServerCpuSeconds * 1e9 / Bytes;
}
