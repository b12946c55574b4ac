using Granero.Support;
using Microsoft.Extensions.Options;

namespace Granero.Peers;

/// <summary>
/// A slice of the index, in memory. Its calls come one at a time: while it reads, nobody is answered and no news is missed.
/// It is read whole again while and after a silo leaves, after its death, and now and then: whoever should have told it of a change may have died before. So it is
/// when a lease in it ends, unless that was renewed, which it is not told.
/// </summary>
[GrainType("shared-files")]
internal sealed class SharedFilesGrain(
    SharedFileStore store, SiloDepartures departures, IOptions<PeersOptions> options, TimeProvider time) : Grain, ISharedFilesGrain
{
    /// <summary>More than so many changed names are not read one by one, nor kept until somebody asks.</summary>
    private const int MaxOutdated = 10_000;

    private readonly HashSet<string> _outdated = new(StringComparer.Ordinal);
    private Dictionary<string, FileHolder[]>? _holders;
    private int _departuresSeen;
    private long _readAt;
    private TimeSpan _maxAge;
    private DateTimeOffset _holdsUntil;

    public Task<FileHolder[]> FindHolders(string fileName, CancellationToken cancellationToken)
    {
        PeersTelemetry.HoldersAsked();
        if (IsToBeReadWhole())
            return ReadSliceAndFind(fileName, cancellationToken);
        return _outdated.Contains(fileName) ? ReadOutdatedAndFind(fileName, cancellationToken) : Task.FromResult(Find(fileName));
    }

    public Task Invalidate(string[] fileNames, CancellationToken cancellationToken)
    {
        if (_holders is not null)
            _outdated.UnionWith(fileNames);
        return _outdated.Count > MaxOutdated ? InvalidateAll(cancellationToken) : Task.CompletedTask;
    }

    public Task InvalidateAll(CancellationToken cancellationToken)
    {
        _holders = null;
        _outdated.Clear();
        return Task.CompletedTask;
    }

    private bool IsToBeReadWhole() => _holders is null || departures.Count != _departuresSeen || departures.IsOneLeaving
        || time.GetElapsedTime(_readAt) >= _maxAge || time.GetUtcNow() >= _holdsUntil;

    private FileHolder[] Find(string fileName) => _holders!.TryGetValue(fileName, out var holders) ? holders : [];

    private async Task<FileHolder[]> ReadSliceAndFind(string fileName, CancellationToken cancellationToken)
    {
        var (departuresSeen, readAt) = (departures.Count, time.GetTimestamp());
        (_holders, _holdsUntil) = await store.ReadSlice((int)this.GetPrimaryKeyLong(), time.GetUtcNow(), cancellationToken);
        _outdated.Clear();
        (_departuresSeen, _readAt) = (departuresSeen, readAt);
        // Not all at the same moment, if all were first asked at the same moment.
        _maxAge = options.Value.IndexMaxAge * (0.5 + (0.5 * Random.Shared.NextDouble()));
        return Find(fileName);
    }

    private async Task<FileHolder[]> ReadOutdatedAndFind(string fileName, CancellationToken cancellationToken)
    {
        var (current, holdsUntil) = await store.ReadFiles((int)this.GetPrimaryKeyLong(), _outdated, time.GetUtcNow(), cancellationToken);
        _holdsUntil = holdsUntil < _holdsUntil ? holdsUntil : _holdsUntil;
        foreach (var outdated in _outdated)
        {
            if (current.TryGetValue(outdated, out var holders))
                _holders![outdated] = holders;
            else
                _holders!.Remove(outdated);
        }

        _outdated.Clear();
        return Find(fileName);
    }
}
