using Microsoft.Extensions.Options;

namespace Granero.Support;

/// <summary>
/// Where slow hashes wait for a processor. Whoever would wait for too long is refused at once and told when to come; who has gone is not
/// hashed for. Each network has its turn: many hashes of one wait behind the first of all others.
/// </summary>
/// <param name="options">How long one may wait.</param>
/// <param name="time">The clock.</param>
/// <param name="places">Hashes at a time.</param>
internal sealed class HashingQueue(IOptions<PasswordsOptions> options, TimeProvider time, int places)
{
    private static readonly TimeSpan LatestReturn = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, (long Turn, long Arrival)> _waiting = new();
    private readonly Dictionary<string, (int Count, long LastTurn)> _networks = [];
    private int _busy;
    private long _arrivals;
    private long _turn;
    private TimeSpan? _duration;
    private DateTimeOffset _nextReturn;

    private TimeSpan LongestWait => options.Value.LongestWait;

    /// <summary>Refuses whoever would not be taken now: to be asked before any work.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TooManyAtOnce"/>.</exception>
    public void ThrowIfFull(string ip)
    {
        lock (_gate)
            ThrowIfFullFor(IpNetworks.Of(ip));
    }

    /// <param name="ip">For whom.</param>
    /// <param name="guess">How long it takes, as long as nothing has been measured.</param>
    /// <param name="hash">The work.</param>
    /// <param name="cancellationToken">Who asked has gone: what has not begun is dropped.</param>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TooManyAtOnce"/>: nothing was hashed.</exception>
    public async Task<T> RunAsync<T>(string ip, TimeSpan guess, Func<T> hash, CancellationToken cancellationToken)
    {
        var network = IpNetworks.Of(ip);
        var place = Enter(network, guess);
        try
        {
            await TakeAsync(place, cancellationToken);
            try
            {
                return await Task.Run(() => Measure(hash), cancellationToken);
            }
            finally
            {
                Free();
            }
        }
        finally
        {
            Leave(network);
        }
    }

    private TaskCompletionSource Enter(string network, TimeSpan guess)
    {
        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _duration ??= guess;
            ThrowIfFullFor(network);
            var turn = _networks.TryGetValue(network, out var own) ? Math.Max(_turn, own.LastTurn + 1) : _turn;
            _networks[network] = (own.Count + 1, turn);
            if (_busy < places)
            {
                _busy++;
                place.SetResult();
            }
            else
            {
                _waiting.Enqueue(place, (turn, _arrivals++));
            }
        }

        return place;
    }

    private async Task TakeAsync(TaskCompletionSource place, CancellationToken cancellationToken)
    {
        try
        {
            // Twice: what was expected may have been wrong, and those whose turn is earlier may have come meanwhile.
            await place.Task.WaitAsync(LongestWait * 2, time, cancellationToken);
        }
        catch (Exception gaveUp) when (gaveUp is TimeoutException or OperationCanceledException)
        {
            bool hasWaited;
            lock (_gate)
                hasWaited = _waiting.Remove(place, out _, out _);
            if (!hasWaited)
                Free(); // it was given at that very moment
            if (gaveUp is TimeoutException)
                throw Refusal(LongestWait);
            throw;
        }
    }

    private void Free()
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var next, out var place))
            {
                _turn = place.Turn;
                next.SetResult();
            }
            else
            {
                _busy--;
            }
        }
    }

    private void Leave(string network)
    {
        lock (_gate)
        {
            var (count, lastTurn) = _networks[network];
            if (count == 1)
                _networks.Remove(network);
            else
                _networks[network] = (count - 1, lastTurn);
        }
    }

    private void ThrowIfFullFor(string network)
    {
        var (duration, own) = ((_duration ?? TimeSpan.Zero) / places, _networks.GetValueOrDefault(network).Count);
        if (own * duration > LongestWait / 2)
            throw Refusal(own * duration);
        var wait = _networks.Values.Sum(other => Math.Min(other.Count, own + 1)) * duration;
        if (wait <= LongestWait)
            return;
        // One after the other, as they can be taken: all at the same time would be too many again.
        var now = time.GetUtcNow();
        var isInTime = _nextReturn > now + wait && _nextReturn < now + LatestReturn;
        _nextReturn = (isInTime ? _nextReturn : now + wait) + duration;
        throw Refusal(_nextReturn - now);
    }

    private T Measure<T>(Func<T> hash)
    {
        var began = time.GetTimestamp();
        var result = hash();
        var took = time.GetElapsedTime(began);
        lock (_gate)
        {
            var before = _duration!.Value;
            _duration = (before * 0.9) + ((took < before * 10 ? took : before * 10) * 0.1); // a machine that stood still is not slow
        }

        return result;
    }

    private static GraneroException Refusal(TimeSpan wait)
    {
        var retryAfter = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, LatestReturn.TotalSeconds));
        return new(ErrorCode.TooManyAtOnce, $"Too many passwords are being checked. Try again in {retryAfter.TotalSeconds:0} s.") { RetryAfter = retryAfter };
    }
}
