using System.Net;
using System.Net.Sockets;

namespace Granero.Tests.Support;

/// <summary>A plain socket to a server under test: bytes out, bytes in, one time limit over all that is done with it.</summary>
/// <remarks>One reader and one writer at a time. What the server does not do in time ends in a <see cref="TimeoutException"/>.</remarks>
public sealed class RawConnection : IAsyncDisposable
{
    /// <summary>The most that the known clients write at once, in bytes.</summary>
    public const int SegmentSize = 8192;

    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    private readonly Socket socket;
    private readonly TimeSpan limit;
    private readonly CancellationToken caller;
    private readonly CancellationTokenSource end;
    private readonly byte[] buffer = new byte[SegmentSize];
    private int from;
    private int to;

    /// <summary>Takes over a socket that is connected already.</summary>
    public RawConnection(Socket socket, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        this.socket = socket;
        this.limit = limit ?? DefaultLimit;
        caller = cancellationToken;
        end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(this.limit);
    }

    /// <param name="server">Where the server listens.</param>
    /// <param name="limit">For everything that is done with the connection, from now on; 60 s if not given.</param>
    /// <param name="cancellationToken">Ends whatever is under way.</param>
    public static async Task<RawConnection> OpenAsync(EndPoint server, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var connection = new RawConnection(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, limit, cancellationToken);
        try
        {
            await connection.ConnectAsync(server);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends all bytes, in writes of at most <paramref name="segment"/> bytes (1 cuts a message at every byte).</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, int segment = SegmentSize)
    {
        while (bytes.Length > 0)
        {
            var part = bytes[..Math.Min(segment, bytes.Length)];
            bytes = bytes[await InTimeAsync(token => socket.SendAsync(part, token))..];
        }
    }

    /// <summary>Tells the server that nothing more comes; its answers can still be read.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <exception cref="EndOfStreamException">The server closed before that many bytes came.</exception>
    public async Task<byte[]> ReadAsync(int count)
    {
        var read = new byte[count];
        for (var i = 0; i < count; i++) read[i] = await NextAsync() ?? throw new EndOfStreamException($"The server closed {i} bytes into {count}.");
        return read;
    }

    /// <summary>Reads up to <paramref name="last"/>, which is the last byte of what is returned.</summary>
    /// <exception cref="EndOfStreamException">The server closed before it came.</exception>
    public async Task<byte[]> ReadThroughAsync(byte last)
    {
        var read = new List<byte>();
        while (read.Count == 0 || read[^1] != last) read.Add(await NextAsync() ?? throw new EndOfStreamException($"The server closed after {read.Count} bytes."));
        return [.. read];
    }

    /// <summary>Reads until the server closes; an empty array if nothing more came.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var read = new List<byte>();
        while (await NextAsync() is { } value) read.Add(value);
        return [.. read];
    }

    /// <summary>Sends, and waits for the server to close, which it may do before it has taken all the bytes.</summary>
    /// <returns>What the server said before it closed; nothing is lost of it when it closes with a reset.</returns>
    public async Task<byte[]> SendAndReadToEndAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
        }
        catch (SocketException refused) when (IsClosing(refused))
        {
            // Closed on us while we were sending, which is one way to refuse; what it said stays readable.
        }
        return await ReadToEndAsync();
    }

    /// <summary>Goes away without a goodbye: the server sees a reset, as when a client's machine dies.</summary>
    public ValueTask AbortAsync()
    {
        socket.LingerState = new LingerOption(true, 0);
        return DisposeAsync();
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        end.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsClosing(SocketException exception) =>
        exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;

    private async ValueTask<byte?> NextAsync()
    {
        if (from < to) return buffer[from++];
        try
        {
            (from, to) = (0, await InTimeAsync(token => socket.ReceiveAsync(buffer, token)));
        }
        catch (SocketException reset) when (IsClosing(reset))
        {
            return null;
        }
        return to > 0 ? buffer[from++] : null;
    }

    private async Task ConnectAsync(EndPoint server) => await InTimeAsync(async token =>
    {
        await socket.ConnectAsync(server, token);
        return 0;
    });

    private async ValueTask<T> InTimeAsync<T>(Func<CancellationToken, ValueTask<T>> act)
    {
        try
        {
            return await act(end.Token);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw new TimeoutException($"The server did not do it within {limit.TotalSeconds:N0} s of the connection's start.");
        }
    }
}
