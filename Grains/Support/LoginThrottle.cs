namespace Granero.Support;

/// <summary>
/// Slows failed logins down: of one user from one address, of any user from one address, and, gently, of one user from anywhere.
/// The last is short, so that strangers cannot lock a user out.
/// </summary>
/// <remarks>
/// In the memory of each silo. It is bounded: the entries that were touched least recently go first, and to make one costs whoever
/// wants to push others out a slow hash.
/// </remarks>
internal sealed class LoginThrottle(TimeProvider time)
{
    private const int MaxEntries = 100_000;
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(15);

    private static readonly Limit OfUserAtAddress = new('=', Free: 3, Longest: TimeSpan.FromMinutes(1));
    private static readonly Limit OfAddress = new('@', Free: 20, Longest: TimeSpan.FromSeconds(10));
    private static readonly Limit OfUser = new('u', Free: 20, Longest: TimeSpan.FromSeconds(1));

    private readonly Lock _lock = new();
    private Dictionary<string, Failures> _recent = [];
    private Dictionary<string, Failures> _older = [];

    /// <summary>Entries in memory.</summary>
    public int Count => _recent.Count + _older.Count;

    /// <returns>How long this user may not try from this IP; zero when it may now.</returns>
    public TimeSpan WaitOf(string user, string ip)
    {
        lock (_lock)
            return Keys(user, ip).Max(Wait);
    }

    public void Failed(string user, string ip)
    {
        lock (_lock)
        {
            foreach (var (_, key) in Keys(user, ip))
                Keep(key, new((Find(key)?.Count ?? 0) + 1, time.GetUtcNow()));
        }
    }

    /// <summary>The user's failures from this IP are forgotten; those of others from there are not, or one's own account would wash them off.</summary>
    public void Succeeded(string user, string ip)
    {
        lock (_lock)
        {
            var (_, key) = Keys(user, ip)[0];
            _recent.Remove(key);
            _older.Remove(key);
        }
    }

    private static (Limit Limit, string Key)[] Keys(string user, string ip)
    {
        var network = IpNetworks.Of(ip);
        return
        [
            (OfUserAtAddress, $"{OfUserAtAddress.Prefix}{network} {user}"),
            (OfAddress, $"{OfAddress.Prefix}{network}"),
            (OfUser, $"{OfUser.Prefix}{user}"),
        ];
    }

    private TimeSpan Wait((Limit Limit, string Key) of)
    {
        if (Find(of.Key) is not { } failures || failures.Count < of.Limit.Free)
            return TimeSpan.Zero;
        var wait = failures.Last + of.Limit.Pause(failures.Count) - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private Failures? Find(string key)
    {
        if (!_recent.TryGetValue(key, out var failures) && !_older.TryGetValue(key, out failures))
            return null;
        return failures.Last + ForgetAfter > time.GetUtcNow() ? failures : null;
    }

    private void Keep(string key, Failures failures)
    {
        if (_recent.Count >= MaxEntries / 2)
            (_older, _recent) = (_recent, []);
        _recent[key] = failures;
    }

    /// <param name="Prefix">Keeps the keys of different limits apart.</param>
    /// <param name="Free">Failures without a pause.</param>
    /// <param name="Longest">The pause is a second after one more failure, doubles with each, and ends here.</param>
    private sealed record Limit(char Prefix, int Free, TimeSpan Longest)
    {
        public TimeSpan Pause(int failures)
        {
            var seconds = Math.Pow(2, Math.Min(failures - Free, 30));
            return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
        }
    }

    private sealed record Failures(int Count, DateTimeOffset Last);
}
