using System.Buffers.Binary;
using System.Diagnostics;

namespace Granero.Bench.Videos;

/// <summary>Videos that ffmpeg makes up for the measurement. Gone when disposed.</summary>
internal sealed class SampleVideo : IDisposable
{
    private const int BlockBytes = 1 << 20;

    private SampleVideo(string path) => Path = path;

    public string Path { get; }

    /// <summary>1280x720, 20 s, 30 frames a second, with a tone.</summary>
    public static async Task<SampleVideo> MakeAsync()
    {
        var sample = new SampleVideo(NewPath());
        await RunAsync(
            "ffmpeg",
            [
                "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30:duration=20", "-f", "lavfi", "-i", "sine=frequency=440:duration=20",
                "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", sample.Path,
            ]);
        return sample;
    }

    /// <summary>The same video, made so long by a box that players pass over. Source: ISO/IEC 14496-12, 8.1.2.</summary>
    public async Task<SampleVideo> PadAsync(long length)
    {
        var padded = new SampleVideo(NewPath());
        File.Copy(Path, padded.Path);
        await using var file = new FileStream(padded.Path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var left = length - file.Length;
        var head = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(head, 1); // the size follows, in 64 bits
        "free"u8.CopyTo(head.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(8), left);
        await file.WriteAsync(head);
        left -= head.Length;
        var block = new byte[BlockBytes];
        for (; left > 0; left -= Math.Min(left, block.Length))
        {
            Random.Shared.NextBytes(block);
            await file.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
        }

        return padded;
    }

    /// <summary>Runs a program that must end well.</summary>
    public static async Task<TimeSpan> RunAsync(string program, IEnumerable<string> arguments)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(began) : throw new BenchException($"{program} ended with {process.ExitCode}.");
    }

    public void Dispose() => File.Delete(Path);

    private static string NewPath() => System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"granero-bench-{Guid.NewGuid():N}.mp4");
}
