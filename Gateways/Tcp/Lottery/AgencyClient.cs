using Granero.Gateways.Hosting;
using Granero.Gateways.Tcp.Support;
using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Calls agencies' grains, again when need be: all that is asked of them here is harmless to repeat.</summary>
internal sealed partial class AgencyClient(
    IGrainFactory grains, GrainRetry retry, BetOrigins origins, GatewayMeter meter, ILogger<AgencyClient> logger)
{
    /// <summary>When this returns, the bets are durable; when it throws, they may or may not be.</summary>
    /// <exception cref="GraneroException">Refused: nothing was stored.</exception>
    public async Task PlaceBetsAsync(FramedConnection client, int agency, BetBatch batch, bool isAlone)
    {
        var grain = grains.GetGrain<IAgencyGrain>(agency);
        var origin = origins.Begin(agency);
        var isToldOutcome = false;
        try
        {
            await retry.CallAsync(() => grain.PlaceBets(batch, origin));
            isToldOutcome = !client.PeerHasLeft;
        }
        catch (GraneroException)
        {
            isToldOutcome = true;
            throw;
        }
        finally
        {
            origins.End(agency, isToldOutcome);
        }

        meter.Stored(batch.Numbers.Length);
        if (isAlone)
        {
            LogBetStored(batch.Documents[0], batch.Numbers[0]);
        }
        else
        {
            LogBatchStored(batch.Numbers.Length);
        }
    }

    /// <returns>The draw that the agency is now ready for.</returns>
    public Task<int> DeclareReadyAsync(int agency)
    {
        var grain = grains.GetGrain<IAgencyGrain>(agency);
        return retry.CallAsync(() => grain.DeclareReady());
    }

    /// <inheritdoc cref="IAgencyGrain.AskWinners"/>
    public Task<WinnersAnswer> AskWinnersAsync(int agency)
    {
        var grain = grains.GetGrain<IAgencyGrain>(agency);
        return retry.CallAsync(() => grain.AskWinners());
    }

    // The old graders look for these two lines, to the letter (protocols.md, section 1, "The draw").
    [LoggerMessage(LogLevel.Information, "action: apuesta_almacenada | result: success | dni: {Document} | numero: {Number}")]
    private partial void LogBetStored(string document, int number);

    [LoggerMessage(LogLevel.Information, "action: apuesta_recibida | result: success | cantidad: {Count}")]
    private partial void LogBatchStored(int count);
}
