using System.Diagnostics;
using Granero.Gateways.Hosting;
using Granero.Gateways.Tcp.Support;
using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Calls agencies' grains, again when need be: all that is asked of them here is harmless to repeat.</summary>
internal sealed partial class AgencyClient(
    IGrainFactory grains, GrainRetry retry, UnansweredBatches unanswered, BetCarrier carrier, GatewayMeter meter, ILogger<AgencyClient> logger)
{
    /// <summary>When this returns, the bets are durable, and once; when it throws anything but a refusal, they may or may not be.</summary>
    /// <exception cref="GraneroException">Refused: nothing was stored.</exception>
    public async Task PlaceBetsAsync(ClientAnswers client, int agency, BetBatch bets, bool isAlone)
    {
        var batch = client.Expect(agency, bets);
        bets = await unanswered.EnterAsync(batch);
        var (grain, origin) = (grains.GetGrain<IAgencyGrain>(agency), carrier.Origin);
        try
        {
            await MeasureAsync("place bets", () => grain.PlaceBets(bets, origin));
        }
        catch (GraneroException)
        {
            unanswered.Settle(batch, isMissed: false);
            throw;
        }

        unanswered.Answer(batch);
        meter.Stored(bets.Numbers.Length);
        if (isAlone)
        {
            LogBetStored(LogText.Of(bets.Documents[0]), bets.Numbers[0]);
        }
        else
        {
            LogBatchStored(bets.Numbers.Length);
        }
    }

    /// <returns>The draw that the agency is now ready for.</returns>
    public async Task<int> DeclareReadyAsync(int agency)
    {
        var grain = grains.GetGrain<IAgencyGrain>(agency);
        var draw = await MeasureAsync("declare ready", () => grain.DeclareReady());
        unanswered.ForgetLost(agency);
        return draw;
    }

    /// <inheritdoc cref="IAgencyGrain.AskWinners"/>
    public Task<WinnersAnswer> AskWinnersAsync(int agency)
    {
        var grain = grains.GetGrain<IAgencyGrain>(agency);
        return MeasureAsync("ask winners", () => grain.AskWinners());
    }

    private async Task<T> MeasureAsync<T>(string request, Func<Task<T>> call)
    {
        using var trace = GatewayMeter.StartRequest(request);
        var began = Stopwatch.GetTimestamp();
        var answer = await retry.CallAsync(call);
        meter.RequestAnswered(request, began);
        return answer;
    }

    // The old graders look for these two lines, to the letter (protocols.md, section 1, "The draw").
    [LoggerMessage(1005, LogLevel.Information, "action: apuesta_almacenada | result: success | dni: {Document} | numero: {Number}")]
    private partial void LogBetStored(string document, int number);

    [LoggerMessage(1006, LogLevel.Information, "action: apuesta_recibida | result: success | cantidad: {Count}")]
    private partial void LogBatchStored(int count);
}
