using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Granero.Gateways.Tcp.Lottery;
using Granero.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

/// <summary>The client's end of a connection in memory, and the server's features that a test pulls at: heartbeat and stop.</summary>
internal sealed class TestPeer : IConnectionHeartbeatFeature, IConnectionLifetimeNotificationFeature
{
    // Inline: when a send returns, the server has done all that it can without the test doing something.
    private readonly Pipe _toServer = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Pipe _toClient = new(new PipeOptions(writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 64 * 1024, useSynchronizationContext: false));
    private readonly List<Action> _heartbeats = [];
    private readonly Action _requestClose;
    private readonly Action _tellClosed;

    public TestPeer(ConnectionHandler handler)
    {
        var connection = new DefaultConnectionContext("test-1", new DuplexPipe(_toServer.Reader, _toClient.Writer), new DuplexPipe(_toClient.Reader, _toServer.Writer));
        var closeRequested = new CancellationTokenSource();
        (ConnectionClosedRequested, _requestClose) = (closeRequested.Token, closeRequested.Cancel);
        var closed = new CancellationTokenSource();
        (connection.ConnectionClosed, _tellClosed) = (closed.Token, closed.Cancel);
        connection.Features.Set<IConnectionHeartbeatFeature>(this);
        connection.Features.Set<IConnectionLifetimeNotificationFeature>(this);
        Served = ServeAsync(handler, connection);
    }

    /// <summary>Ends when the server is done with the connection.</summary>
    public Task Served { get; }

    public CancellationToken ConnectionClosedRequested { get; set; }

    public void OnHeartbeat(Action<object> action, object state) => _heartbeats.Add(() => action(state));

    public void Heartbeat() => _heartbeats.ForEach(beat => beat());

    /// <summary>What the server does to every connection when it stops.</summary>
    public void RequestClose() => _requestClose();

    public async Task SendAsync(params byte[][] messages)
    {
        foreach (var message in messages)
        {
            await _toServer.Writer.WriteAsync(message);
        }
    }

    public Task SendAsync(LotteryOpcode opcode, string value = "") => SendAsync(WireSamples.Tlv(opcode, value));

    public Task SendAsync(string delimitedPayload) => SendAsync(WireSamples.Delimited(delimitedPayload));

    /// <summary>The client's last byte has been sent.</summary>
    public void Close() => End(failure: null);

    public void Reset() => End(new ConnectionResetException("reset"));

    public async Task<byte[]> ReceiveAsync(int bytes)
    {
        var result = await _toClient.Reader.ReadAtLeastAsync(bytes).AsTask().Soon();
        Assert.True(result.Buffer.Length >= bytes, $"The server closed after {result.Buffer.Length} bytes of {bytes}.");
        var received = result.Buffer.Slice(0, bytes).ToArray();
        _toClient.Reader.AdvanceTo(result.Buffer.GetPosition(bytes));
        return received;
    }

    public async Task<(LotteryOpcode Opcode, string Value)> ReceiveTlvAsync()
    {
        var header = await ReceiveAsync(5);
        var length = (header[1] << 24) | (header[2] << 16) | (header[3] << 8) | header[4];
        return ((LotteryOpcode)header[0], Encoding.UTF8.GetString(length == 0 ? [] : await ReceiveAsync(length)));
    }

    public async Task ExpectAsync(string text) =>
        Assert.Equal(text, Encoding.UTF8.GetString(await ReceiveAsync(Encoding.UTF8.GetByteCount(text))));

    /// <summary>All that the server still sends until it closes.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        await Served.Soon();
        var result = await _toClient.Reader.ReadAtLeastAsync(int.MaxValue).AsTask().Soon();
        var received = result.Buffer.ToArray();
        _toClient.Reader.AdvanceTo(result.Buffer.End);
        return received;
    }

    /// <summary>True when the server has not answered, and can not before the test does something.</summary>
    public bool HasReply()
    {
        if (!_toClient.Reader.TryRead(out var result))
        {
            return false;
        }

        _toClient.Reader.AdvanceTo(result.Buffer.Start);
        return !result.Buffer.IsEmpty;
    }

    private void End(Exception? failure)
    {
        _toServer.Writer.Complete(failure);
        _tellClosed();
    }

    private async Task ServeAsync(ConnectionHandler handler, ConnectionContext connection)
    {
        await handler.OnConnectedAsync(connection);
        await _toClient.Writer.CompleteAsync();
        await _toServer.Reader.CompleteAsync();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
