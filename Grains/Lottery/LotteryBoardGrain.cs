using Granero.Support;
using Microsoft.Extensions.Options;

namespace Granero.Lottery;

/// <summary>
/// What is to be seen of the open draw. Counts come from the silos' reports; the rows are counted when it begins to look at a draw, when a
/// silo has left or died (whose last report may be missing), and for each agency once it is ready.
/// </summary>
[GrainType("lottery-board")]
internal sealed class LotteryBoardGrain(DrawRecordStore draws, SiloDepartures departures, IOptions<LotteryOptions> options, TimeProvider time)
    : Grain, ILotteryBoardGrain
{
    private Dictionary<int, AgencyTally> _tallies = [];
    private HashSet<int> _counted = [];
    private DrawRecord? _last;
    private int _draw;
    private int _departures;

    public Task Report(AgencyTally[] tallies)
    {
        foreach (var tally in tallies)
            Merge(tally);
        return Task.CompletedTask;
    }

    public async Task<LotteryBoard> Look(CancellationToken cancellationToken)
    {
        var open = await OpenDraw(cancellationToken);
        var ready = await draws.ReadyAgencies(open.Draw, cancellationToken);
        await CountReady(open.Draw, ready, cancellationToken);
        var lines = DrawRecords.Lines(_tallies, ready, winners: []);
        open = open with { Agencies = _tallies.Count, Bets = _tallies.Values.Sum(tally => tally.Bets), Ready = ready.Count };
        var firstReady = ready.Count == 0 ? (DateTimeOffset?)null : ready.Values.Min();
        return new(time.GetUtcNow(), options.Value.Agencies, open.Deadline ?? firstReady + options.Value.Deadline, new(open, lines), _last);
    }

    private async Task<DrawSummary> OpenDraw(CancellationToken cancellationToken)
    {
        while (true)
        {
            var draw = await draws.Open(cancellationToken);
            if (_draw != draw || _departures != departures.Count)
                await Begin(draw, cancellationToken);
            if (await draws.Find(draw, cancellationToken) is { HeldAt: null } open)
                return open;
        }
    }

    private async Task Begin(int draw, CancellationToken cancellationToken)
    {
        var before = departures.Count;
        _departures = -1; // should this fail, it begins again
        _last = await draws.Find(draw - 1, cancellationToken) is { } last ? await draws.RecordOf(last, cancellationToken) : null;
        Enter(draw);
        foreach (var tally in await draws.CountTallies(draw, cancellationToken))
            Merge(tally);
        _departures = before;
    }

    private async Task CountReady(int draw, Dictionary<int, DateTimeOffset> ready, CancellationToken cancellationToken)
    {
        int[] agencies = [.. ready.Keys.Except(_counted)];
        if (agencies.Length == 0)
            return;
        foreach (var tally in await draws.CountTallies(draw, agencies, cancellationToken))
            Merge(tally);
        _counted.UnionWith(agencies);
    }

    private void Merge(AgencyTally tally)
    {
        if (tally.Draw == _draw && tally.Bets > (_tallies.GetValueOrDefault(tally.Agency)?.Bets ?? 0))
            _tallies[tally.Agency] = tally;
    }

    private void Enter(int draw)
    {
        if (_draw == draw)
            return;
        (_draw, _tallies, _counted) = (draw, [], []);
    }
}
