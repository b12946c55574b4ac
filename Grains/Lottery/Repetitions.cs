using Microsoft.Extensions.Logging;

namespace Granero.Lottery;

/// <summary>
/// Tells whether a batch is one that its client sent before through another origin and missed the answer to. The earlier origin knows;
/// one that is dead cannot be asked, and then the same bets are the same batch until the client has gone on to others.
/// </summary>
internal sealed partial class Repetitions(BetStore bets, IGrainFactory grains, ILogger<Repetitions> logger)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    /// <returns>The draw of the batch that it repeats, or null; and whether no other origin has carried any of the agency's last batches.</returns>
    public async Task<(int? Draw, bool IsAlone)> Find(int agency, BetBatch batch, string origin, CancellationToken cancellationToken)
    {
        var earlier = await bets.FindEarlier(agency, batch, origin, cancellationToken);
        var silent = new HashSet<string>();
        foreach (var like in earlier.Where(candidate => candidate.IsAlike))
        {
            if (await IsMissed(agency, like, batch.Id, silent)
                && await bets.HandOverTo(agency, like.Id, batch.Id, origin, cancellationToken) is { } draw)
            {
                return (draw, false);
            }
        }

        return (null, earlier.Count == 0);
    }

    private async Task<bool> IsMissed(int agency, EarlierBatch earlier, Guid repetition, HashSet<string> silent)
    {
        try
        {
            if (!silent.Contains(earlier.Origin))
            {
                var carrier = grains.GetGrain<IBetCarrier>(GrainId.Parse(earlier.Origin));
                return await carrier.MayHaveMissed(agency, earlier.Id, repetition).WaitAsync(AnswerWithin);
            }
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            LogSilent(earlier.Origin, failure.GetType().Name);
            silent.Add(earlier.Origin);
        }

        return await grains.GetGrain<IBetCarrierEndGrain>(earlier.Origin).MayHaveMissed(earlier.Id) ?? !earlier.IsPassed;
    }

    [LoggerMessage(1004, LogLevel.Information, "The gateway {Origin} does not answer ({Kind}): unless it stopped in order, what its clients send again is taken for what it had stored")]
    private partial void LogSilent(string origin, string kind);
}
