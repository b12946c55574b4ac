using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Granero.Support;

/// <summary>Makes the names in a folder durable, as flushing a file makes its bytes: without it, a power cut can undo a rename.</summary>
public static partial class DurableFolder
{
    private const int ReadOnly = 0;
    private const int NotSupported = 22; // EINVAL, of file systems that have nothing to flush here

    /// <exception cref="IOException">The folder could not be opened or flushed.</exception>
    public static void Flush(string folder)
    {
        // Windows has no such call: NTFS journals its names.
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Check(Open(folder, ReadOnly), folder);
        try
        {
            Check(Fsync(descriptor), folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static int Check(int result, string folder) => result >= 0 || Marshal.GetLastPInvokeError() == NotSupported
        ? result
        : throw new IOException($"The folder {folder} could not be flushed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
