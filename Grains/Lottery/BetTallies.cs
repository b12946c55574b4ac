using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granero.Lottery;

/// <summary>
/// What this silo's agencies have placed, and its reports to those who watch. An agency's grain counts for itself, so that nobody counts
/// rows while bets come in.
/// </summary>
internal sealed partial class BetTallies(IGrainFactory grains, TimeProvider time, ILogger<BetTallies> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<int, AgencyTally> _tallies = new();
    private readonly ConcurrentDictionary<int, bool> _changed = new();

    /// <summary>What the rows say of an agency that begins to count here.</summary>
    public void Begin(AgencyTally tally)
    {
        _tallies[tally.Agency] = tally;
        _changed[tally.Agency] = true;
    }

    /// <summary>A batch was stored. An agency's calls come one at a time.</summary>
    public void Add(int draw, int agency, int bets)
    {
        var before = _tallies.TryGetValue(agency, out var known) && known.Draw == draw ? known : new(draw, agency, Batches: 0, Bets: 0);
        _tallies[agency] = before with { Batches = before.Batches + 1, Bets = before.Bets + bets };
        _changed[agency] = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!_changed.IsEmpty)
                await Report();
        }
    }

    private async Task Report()
    {
        int[] agencies = [.. _changed.Keys];
        foreach (var agency in agencies)
            _changed.TryRemove(agency, out _);
        try
        {
            await grains.GetGrain<ILotteryBoardGrain>(0).Report([.. agencies.Select(agency => _tallies[agency])]);
        }
        catch (Exception failure)
        {
            // Nobody's bets depend on it. The next report has these again.
            LogFailed(failure.GetType().Name, failure.Message);
            foreach (var agency in agencies)
                _changed[agency] = true;
        }
    }

    [LoggerMessage(1001, LogLevel.Debug, "The counts of bets could not be reported now: {Kind}: {Reason}")]
    private partial void LogFailed(string kind, string reason);
}
