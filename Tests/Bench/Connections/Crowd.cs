using System.Net;
using System.Net.Sockets;

namespace Granero.Bench.Connections;

/// <summary>Connections beside the good client's: some say nothing, some send a byte of a frame now and then.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int PerSourceAddress = 5_000;
    private const int AtOnce = 64;

    private static readonly TimeSpan BetweenBytes = TimeSpan.FromSeconds(10);

    private readonly IPEndPoint target;
    private readonly CancellationTokenSource leaving = new();
    private readonly List<Socket> idle = [];
    private Task[] slow = [];
    private int opened;
    private int cut;

    private Crowd(IPEndPoint target) => this.target = target;

    /// <summary>How many of the idle ones the gateway still holds.</summary>
    public int StillIdle => idle.Count(socket => !socket.Poll(0, SelectMode.SelectRead));

    /// <summary>How often the gateway lost its patience with a slow one, which then came again.</summary>
    public int Cut => cut;

    public static async Task<Crowd> GatherAsync(IPEndPoint target, int idle, int slow)
    {
        ExpectFiles(idle + slow);
        var crowd = new Crowd(target);
        foreach (var some in Enumerable.Range(0, idle).Chunk(AtOnce))
            crowd.idle.AddRange(await Task.WhenAll(some.Select(_ => crowd.OpenAsync())));
        // For the gateway to turn away those that it has no room for.
        await Task.Delay(TimeSpan.FromSeconds(1));
        crowd.slow = [.. Enumerable.Range(0, slow).Select(i => crowd.DripAsync(BetweenBytes * i / slow))];
        return crowd;
    }

    public async ValueTask DisposeAsync()
    {
        await leaving.CancelAsync();
        await Task.WhenAll(slow);
        foreach (var socket in idle) socket.Dispose();
        leaving.Dispose();
    }

    /// <summary>A connection is a file: the runtime has raised the soft limit to the hard one, and that has to do.</summary>
    private static void ExpectFiles(int connections)
    {
        const int others = 200;
        var limit = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var files = limit.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        if (long.TryParse(files, out var most) && most < connections + others)
            throw new BenchException($"{connections:N0} connections need {connections + others:N0} open files here and as many in the gateway, and the limit is {most:N0}: raise it with ulimit -n.");
    }

    /// <summary>A first byte of TLV, and then, one at a time, what could still become a long frame.</summary>
    private async Task DripAsync(TimeSpan delay)
    {
        var socket = await OpenAsync();
        try
        {
            await Task.Delay(delay, leaving.Token);
            for (var value = (byte)3; ; value = 0)
            {
                if (socket.Poll(0, SelectMode.SelectRead))
                {
                    Interlocked.Increment(ref cut);
                    socket.Dispose();
                    (socket, value) = (await OpenAsync(), 3);
                }
                await socket.SendAsync(new[] { value }, leaving.Token);
                await Task.Delay(BetweenBytes, leaving.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The crowd leaves.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task<Socket> OpenAsync()
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // On loopback from addresses of our own, 127.0.0.2 and on, or the ports of a single one run out.
        if (target.Address.Equals(IPAddress.Loopback))
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + (Interlocked.Increment(ref opened) / PerSourceAddress % 200))]), 0));
        await socket.ConnectAsync(target);
        return socket;
    }
}
