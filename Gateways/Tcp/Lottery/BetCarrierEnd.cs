using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>
/// When the process stops in order, it tells the cluster what its clients may have missed, because nobody can ask it afterwards. Without that
/// word, equal bets that come after a restart would be taken for bets that are sent again.
/// </summary>
internal sealed partial class BetCarrierEnd(
    BetCarrier carrier, UnansweredBatches batches, IGrainFactory grains, ILogger<BetCarrierEnd> logger) : IHostedService
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <remarks>The connections have ended, and the cluster's client has not: hosted services stop in the reverse order.</remarks>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!carrier.HasCarried)
        {
            return;
        }

        try
        {
            await grains.GetGrain<IBetCarrierEndGrain>(carrier.Origin).Record(batches.Missed(), cancellationToken).WaitAsync(AnswerWithin, cancellationToken);
        }
        catch (Exception failure)
        {
            LogUnheard(failure.GetType().Name, failure.Message);
        }
    }

    [LoggerMessage(1007, LogLevel.Warning, "The cluster does not hear that this gateway stops: bets that its clients place anew within minutes may be taken for repetitions: {Kind}: {Reason}")]
    private partial void LogUnheard(string kind, string reason);
}
