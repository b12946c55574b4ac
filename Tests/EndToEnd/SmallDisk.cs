using System.ComponentModel;
using System.Diagnostics;

namespace Granero.Tests.EndToEnd;

/// <summary>A disk of the servers' own, in memory, that can be full: it is then as large as what is on it.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>A limit; it takes up only what is written.</summary>
    private const string Size = "50%";
    private const int MostTries = 100;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <param name="folder">Where it is to be; it is made.</param>
    /// <returns>The disk; or why there is none: the machine's, or this user's, limits.</returns>
    public static async Task<(SmallDisk? Disk, string WhyNot)> TryMountAsync(string folder)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return (null, "it takes root on Linux to mount a disk that can be filled");
        Directory.CreateDirectory(folder);
        var failure = await TryAsync("mount", "-t", "tmpfs", "-o", $"size={Size},mode=755", ProcessGuard.Marker, folder);
        return failure.Length == 0 ? (new(folder), "") : (null, failure);
    }

    /// <summary>From now on there is no room for another byte.</summary>
    public async Task FillAsync()
    {
        // Servers may write between the two, so that it would have to be smaller than what is on it.
        for (var tries = 1; await ResizeAsync($"{UsedBytes()}") is { Length: > 0 } failure; tries++)
        {
            if (tries == MostTries)
                throw new InvalidOperationException(failure);
        }
    }

    public async Task FreeAsync()
    {
        if (await ResizeAsync(Size) is { Length: > 0 } failure)
            throw new InvalidOperationException(failure);
    }

    public async ValueTask DisposeAsync() => await TryAsync("umount", "-l", Folder);

    /// <remarks>Never nothing, which means without a limit.</remarks>
    private long UsedBytes()
    {
        var disk = new DriveInfo(Folder);
        return Math.Max(Environment.SystemPageSize, disk.TotalSize - disk.TotalFreeSpace);
    }

    private Task<string> ResizeAsync(string size) => TryAsync("mount", "-o", $"remount,size={size}", Folder);

    private static async Task<string> TryAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? "" : $"{program} ended with {process.ExitCode}: {said.Trim()}";
        }
        catch (Win32Exception missing)
        {
            return $"{program}: {missing.Message}";
        }
    }
}
