using System.IO.Pipelines;

namespace Granero.Gateways.Tcp.Support;

/// <summary>
/// Which of its answers a peer has proven to have read. One that waits for each answer proves it by its next request. One that sends
/// ahead proves it by sending more beyond a request than it ever had under way: what had arrived before an answer left proves nothing.
/// </summary>
internal sealed class ReadProof
{
    /// <summary>Beyond this much that waits in the process, more may wait in the kernel.</summary>
    private const int DeepAhead = 64 * 1024;

    private long _consumed;
    private long _longestAhead;
    private long _upTo;
    private bool _hasAnswered;

    /// <summary>Bytes taken off the connection: the end of the request that is being answered.</summary>
    public long Consumed => Volatile.Read(ref _consumed);

    /// <summary>The answers to requests that ended here or before have been read.</summary>
    public long UpTo => Volatile.Read(ref _upTo);

    public void OnConsumed(long bytes) => Volatile.Write(ref _consumed, _consumed + bytes);

    public void OnAnswered() => _hasAnswered = true;

    /// <param name="result">What there is to read now.</param>
    /// <param name="isAtOnce">It was there before it was asked for, and so perhaps before the last answer left.</param>
    /// <param name="socket">The connection's.</param>
    public void OnRead(ReadResult result, bool isAtOnce, in PeerSocket socket)
    {
        var unread = result.Buffer.Length;
        if (_hasAnswered && isAtOnce)
        {
            _longestAhead = Math.Max(_longestAhead, unread >= DeepAhead ? unread + socket.Unread : unread);
        }

        _hasAnswered = false;
        Volatile.Write(ref _upTo, Math.Max(_upTo, Math.Min(_consumed, _consumed + unread - _longestAhead - 1)));
    }
}
