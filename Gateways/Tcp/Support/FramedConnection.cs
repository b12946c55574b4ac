using System.Buffers;
using System.IO.Pipelines;
using Granero.Gateways.Tcp.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Granero.Gateways.Tcp.Support;

/// <summary>Cuts one item off the front of what has been received; may consume some of it and still want more.</summary>
/// <returns>False while the item is not whole.</returns>
internal delegate bool FrameParser<TFrame>(ref ReadOnlySequence<byte> buffer, out TFrame frame);

/// <summary>A connection that is read frame by frame, within its time limits and until the server stops.</summary>
internal sealed class FramedConnection : IDisposable
{
    /// <summary>Given to a peer that is being refused to read the answer, before the connection closes on it.</summary>
    private static readonly TimeSpan LingerFor = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    /// <summary>For a peer's kernel to confirm what it was sent: about as long, as the pauses double up to it.</summary>
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(1);

    private const long NotIdle = long.MaxValue;

    private readonly ConnectionContext _context;
    private readonly TcpOptions _limits;
    private readonly TimeProvider _time;
    private readonly ConnectionClock _clock;
    private readonly PeerSocket _socket;
    private readonly CancellationTokenRegistration _stop;
    private readonly BufferBudget _budget;
    private long _written;
    private long _buffered;
    private long? _frameBegan;
    private long _idleSince = NotIdle;
    private long _newSince = NotIdle;
    private bool _hasFinishedAFrame;

    public FramedConnection(ConnectionContext context, TcpOptions limits, BufferBudget budget, TimeProvider time)
    {
        (_context, _limits, _time, _clock) = (context, limits, time, new ConnectionClock(time));
        (_budget, _socket) = (budget, new PeerSocket(context.Features));
        context.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((FramedConnection)state).OnHeartbeat(), this);
        Stopping = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;

        // Without it, a server that stops waits for its idle clients.
        _stop = Stopping.Register(static state => ((PipeReader)state!).CancelPendingRead(), context.Transport.Input);
    }

    public string Id => _context.ConnectionId;

    /// <summary>Which answers the peer has read for certain.</summary>
    public ReadProof Proof { get; } = new();

    /// <summary>Whether the peer is still there, as far as can be known now.</summary>
    public PeerPresence Presence => _socket.Look(out _)
        ?? (_context.ConnectionClosed.IsCancellationRequested ? PeerPresence.HalfClosed : PeerPresence.Here);

    /// <summary>A timestamp: since when the peer has been silent between two frames; null while it is not.</summary>
    public long? IdleSince => Volatile.Read(ref _idleSince) is not NotIdle and var since ? since : null;

    /// <summary>A timestamp: since when the peer has been inside the first frame that it ever sent; null while it is not.</summary>
    public long? InFirstFrameSince => Volatile.Read(ref _newSince) is not NotIdle and var since ? since : null;

    /// <summary>Bytes that the parser has taken and keeps until more come; part of what an unfinished frame holds.</summary>
    public Func<long>? KeptByParser { get; set; }

    /// <summary>Answers are written here and leave with <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output => _context.Transport.Output;

    /// <summary>Cancelled when the server stops: what is being answered is finished, nothing more is read.</summary>
    public CancellationToken Stopping { get; }

    /// <returns>The next frame; null when the peer has closed, or the server stops.</returns>
    /// <exception cref="WireException">The parser's, a frame cut off by the end of the connection, or a time limit.</exception>
    public async ValueTask<TFrame?> ReadAsync<TFrame>(FrameParser<TFrame> parse)
        where TFrame : struct
    {
        while (!Stopping.IsCancellationRequested)
        {
            // Not with ConnectionClosed: an ordinary end would surface as a failure, and a cut frame as whole.
            var result = await ReadInTimeAsync();
            if (Stopping.IsCancellationRequested)
            {
                break;
            }

            if (TakeFrame(result, parse, out var frame))
            {
                return frame;
            }

            if (result.IsCompleted)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Waits for something while the peer has nothing to say; the peer may leave meanwhile, and is not idle.</summary>
    /// <returns>True when it has come; false when the peer has closed, or the server stops.</returns>
    public async ValueTask<bool> WaitAsync(Task awaited)
    {
        var reading = ReadInputAsync().AsTask();
        await Task.WhenAny(awaited, reading);
        if (!reading.IsCompleted)
        {
            _context.Transport.Input.CancelPendingRead();
        }

        var result = await reading;
        _context.Transport.Input.AdvanceTo(result.Buffer.Start);
        if (!result.Buffer.IsEmpty && !awaited.IsCompleted)
        {
            throw new WireException(Breach.UnexpectedMessage, "The peer sent something while it should wait.");
        }

        return awaited.IsCompletedSuccessfully && !result.IsCompleted && !Stopping.IsCancellationRequested;
    }

    /// <exception cref="ConnectionAbortedException">The peer is gone.</exception>
    /// <exception cref="WireException">The peer does not take its answers.</exception>
    public async ValueTask FlushAsync()
    {
        _written += Output.UnflushedBytes;
        _clock.Start(Breach.ReplyNotTaken, _limits.FrameTimeout);
        var result = await Output.FlushAsync();
        _clock.Stop();
        Proof.OnAnswered();
        ThrowIfTooSlow();
        if (result.IsCompleted)
        {
            throw new ConnectionAbortedException("The peer closed before its answer was sent.");
        }
    }

    /// <summary>
    /// Whether a peer that has closed its side has taken its last answers: a kernel that still has a reader for them confirms them, one
    /// that has none answers with a reset, which may come right behind the end. Looks after a millisecond and then for up to a second;
    /// where there is no kernel to ask, a peer is trusted.
    /// </summary>
    public async ValueTask<bool> TookItsAnswersAsync()
    {
        var presence = _socket.Look(out var acknowledged);
        for (var pause = FirstLook; presence is PeerPresence.Here or PeerPresence.HalfClosed && pause < LookFor; pause *= 2)
        {
            await Task.Delay(pause, _time);
            presence = _socket.Look(out acknowledged);
            if (acknowledged >= _written)
            {
                break;
            }
        }

        return presence is null || (presence is not PeerPresence.Gone && acknowledged >= _written);
    }

    /// <summary>Throws away what a refused peer is still sending, for a moment, so that it gets to read the answer.</summary>
    public async ValueTask LingerAsync()
    {
        _clock.Start(Breach.FrameTimeout, LingerFor);
        for (var isOver = false; !isOver;)
        {
            var result = await _context.Transport.Input.ReadAsync();
            _context.Transport.Input.AdvanceTo(result.Buffer.End);
            isOver = result.IsCompleted || result.IsCanceled;
        }
    }

    /// <summary>Closes the connection now, as at the end of its time, if its peer still keeps the others out: idle, or inside a frame.</summary>
    /// <param name="breach">What its time is running for: <see cref="Breach.IdleTimeout"/> or <see cref="Breach.FrameTimeout"/>.</param>
    public void EndWait(Breach breach)
    {
        if (_clock.Expire(breach))
        {
            _context.Transport.Input.CancelPendingRead();
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _budget.Change(_buffered, 0);

        // The transport still has to send what was written; a peer that does not take it is cut off.
        _clock.Start(Breach.ReplyNotTaken, _limits.FrameTimeout);
    }

    private async ValueTask<ReadResult> ReadInTimeAsync()
    {
        var (breach, limit) = _frameBegan is null ? (Breach.IdleTimeout, _limits.IdleTimeout) : (Breach.FrameTimeout, _limits.FrameTimeout);
        _clock.Start(breach, limit, _frameBegan);
        Volatile.Write(ref _idleSince, _frameBegan is null ? _time.GetTimestamp() : NotIdle);
        var result = await ReadInputAsync();
        Volatile.Write(ref _idleSince, NotIdle);
        _clock.Stop();
        ThrowIfTooSlow();
        return result;
    }

    private async ValueTask<ReadResult> ReadInputAsync()
    {
        var reading = _context.Transport.Input.ReadAsync();
        var isAtOnce = reading.IsCompleted;
        var result = await reading;
        Proof.OnRead(result, isAtOnce, _socket);
        return result;
    }

    private bool TakeFrame<TFrame>(ReadResult result, FrameParser<TFrame> parse, out TFrame frame)
    {
        frame = default!;
        var rest = result.Buffer;
        var examined = rest.Start;
        try
        {
            var isWhole = parse(ref rest, out frame);
            examined = isWhole ? rest.Start : rest.End;
            TrackFrame(rest, isConsumed: !rest.Start.Equals(result.Buffer.Start), isWhole);
            _buffered = _budget.Change(_buffered, isWhole ? 0 : rest.Length + (KeptByParser?.Invoke() ?? 0));
            return isWhole || !result.IsCompleted || rest.IsEmpty
                ? isWhole
                : throw new WireException(Breach.CutFrame, "The connection ended inside a frame.");
        }
        finally
        {
            Proof.OnConsumed(result.Buffer.Length - rest.Length);
            _context.Transport.Input.AdvanceTo(rest.Start, examined);
        }
    }

    /// <summary>A frame's time runs from its first byte, however many reads it takes.</summary>
    private void TrackFrame(ReadOnlySequence<byte> rest, bool isConsumed, bool isWhole)
    {
        if (isConsumed)
        {
            _frameBegan = null;
            _hasFinishedAFrame = true;
        }

        if (!isWhole && !rest.IsEmpty)
        {
            _frameBegan ??= _time.GetTimestamp();
        }

        Volatile.Write(ref _newSince, _hasFinishedAFrame ? NotIdle : _frameBegan ?? NotIdle);
    }

    private void OnHeartbeat()
    {
        if (_clock.Tick())
        {
            _context.Transport.Input.CancelPendingRead();
            if (_clock.Expired is Breach.ReplyNotTaken)
            {
                _context.Transport.Output.CancelPendingFlush();
                _context.Abort(new ConnectionAbortedException("The peer does not take its answers."));
            }
        }
    }

    private void ThrowIfTooSlow()
    {
        if (_clock.Expired is { } breach)
        {
            throw new WireException(breach, "The peer was too slow.");
        }
    }
}
