using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Granero.Tests.EndToEnd;

/// <summary>A place in a <see cref="ServerNetwork"/>: a network namespace with one address.</summary>
/// <param name="Name">The namespace's name, as <c>ip netns</c> knows it.</param>
/// <param name="Address">Where the others in the network reach it.</param>
internal sealed record NetworkPlace(string Name, IPAddress Address)
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    /// <summary>What to put before a command to have it run there.</summary>
    public string[] Enter => ["ip", "netns", "exec", Name];

    /// <summary>A socket that lives there: its loopback address is the place's own.</summary>
    /// <remarks>A socket belongs to the namespace of the thread that makes it; this thread is not used for anything else.</remarks>
    public Socket NewSocket()
    {
        Socket? socket = null;
        Exception? failure = null;
        var visitor = new Thread(() =>
        {
            try
            {
                using var place = File.OpenHandle($"/var/run/netns/{Name}");
                if (SetNamespace((int)place.DangerousGetHandle(), NetworkNamespace) != 0)
                    throw new InvalidOperationException($"setns to {Name} failed with {Marshal.GetLastPInvokeError()}.");
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        visitor.Start();
        visitor.Join();
        return socket ?? throw new InvalidOperationException($"There is no way into {Name}.", failure);
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int descriptor, int kind);
}
