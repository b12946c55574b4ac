using System.Net;
using System.Net.Sockets;

namespace Granero.Tests.Support;

/// <summary>A server that treats each connection as a script says, to see what the clients themselves do.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task serving;

    public ScriptedServer(Func<RawConnection, Task> script, CancellationToken cancellationToken)
    {
        listener.Start();
        serving = ServeAsync(script, cancellationToken);
    }

    public EndPoint EndPoint => listener.LocalEndpoint;

    /// <summary>How many connections have come.</summary>
    public int Connections { get; private set; }

    /// <summary>Rethrows what a script threw, so that a failing script fails its test.</summary>
    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
    }

    private async Task ServeAsync(Func<RawConnection, Task> script, CancellationToken cancellationToken)
    {
        var scripts = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(cancellationToken);
                Connections++;
                scripts.Add(PlayAsync(script, new RawConnection(socket, cancellationToken: cancellationToken)));
            }
        }
        catch (Exception stopped) when (stopped is SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted }
            or InvalidOperationException) // stopped between two connections
        {
            await Task.WhenAll(scripts);
        }
    }

    private static async Task PlayAsync(Func<RawConnection, Task> script, RawConnection connection)
    {
        await using (connection) await script(connection);
    }
}
