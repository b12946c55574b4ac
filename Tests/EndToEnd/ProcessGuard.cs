using System.Diagnostics;

namespace Granero.Tests.EndToEnd;

/// <summary>
/// Ends the servers that the tests have started, and removes their networks and disks, when the tests' own process is gone, even by kill -9: its
/// death closes the pipe that the guard reads. Servers are told by a marker in their environment, networks by the beginning of their names, disks by
/// their mounts' source.
/// </summary>
internal static class ProcessGuard
{
    public const string Variable = "GRANERO_TEST_RUN";

    private const string Script =
        """
        trap '' INT TERM HUP
        cat >/dev/null
        for file in $(grep -lsz "^$1\$" /proc/[0-9]*/environ); do
          pid=${file#/proc/}
          kill -9 "${pid%/environ}"
        done
        awk -v id="$2" '$1 == id { print $2 }' /proc/mounts | while read -r place; do umount -l "$place"; done
        command -v ip >/dev/null || exit 0
        for name in $(ip netns list | sed 's/ .*//' | grep "^$2-"); do ip netns delete "$name"; done
        """;

    private static readonly Lazy<Process> Guard = new(Start);

    /// <summary>Of this process of the tests. Whoever asks for it has the guard.</summary>
    public static string Marker => Guard.Value.HasExited ? throw new InvalidOperationException("The guard of the tests' servers has ended.") : Id;

    /// <summary>What the names of networks begin with, and the source of mounts.</summary>
    public static string Id { get; } = $"granero{Environment.ProcessId}";

    private static Process Start() => Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", $"{Variable}={Id}", Id])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
