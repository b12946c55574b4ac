namespace Granero.Support;

/// <summary>Tells a disk without room from one that fails. Source: errno.h on Linux and macOS, winerror.h on Windows.</summary>
public static class DiskFull
{
    private const int NoSpace = 28;      // ENOSPC
    private const int LinuxQuota = 122;  // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static bool Is(IOException failure) => failure.HResult is NoSpace or LinuxQuota or WindowsDiskFull;
}
