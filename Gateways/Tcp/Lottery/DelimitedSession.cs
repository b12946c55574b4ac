using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Serves one delimited connection (protocols.md, section 1.2). The protocol has no error message: what cannot be granted ends it.</summary>
internal sealed class DelimitedSession(
    FramedConnection connection,
    ClientAnswers answers,
    AgencyClient agencies,
    DrawWatch draws,
    Refusals refusals,
    DelimitedCodec codec,
    TimeProvider time)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync()
    {
        FrameParser<DelimitedRequest> parse = codec.TryRead;
        while (await connection.ReadAsync(parse) is { } request && await AnswerAsync(request))
        {
            // The next request; the bets since the last ack are only in memory until then, and go with the connection.
        }
    }

    /// <returns>True when the connection goes on.</returns>
    private async ValueTask<bool> AnswerAsync(DelimitedRequest request)
    {
        if (await GrantAsync(request) is not { } draw)
        {
            return false;
        }

        DelimitedWriter.Write(connection.Output, "ACK");
        await connection.FlushAsync();
        return !request.IsEnd || await PushWinnersAsync(draw);
    }

    /// <returns>The draw that the agency is ready for, 0 while it is not; null when the request was refused.</returns>
    private async ValueTask<int?> GrantAsync(DelimitedRequest request)
    {
        try
        {
            if (request.Batch is { } batch)
            {
                await agencies.PlaceBetsAsync(answers, codec.Agency, batch, request.IsAlone);
            }

            return request.IsEnd ? await agencies.DeclareReadyAsync(codec.Agency) : 0;
        }
        catch (GraneroException refusal)
        {
            refusals.Report(connection, LotteryOpcode.RegisterBatch, refusal.Code.ToString(), request.Batch?.Numbers.Length ?? 0);
            return null;
        }
    }

    private async ValueTask<bool> PushWinnersAsync(int draw)
    {
        using var left = new CancellationTokenSource();
        var winners = WaitForWinnersAsync(draw, left.Token);
        if (!await connection.WaitAsync(winners))
        {
            await left.CancelAsync();
            return winners.IsFaulted ? throw winners.Exception.GetBaseException() : false;
        }

        DelimitedWriter.Write(connection.Output, "WINNERS");
        foreach (var document in await winners)
        {
            DelimitedWriter.Write(connection.Output, document);
        }

        DelimitedWriter.Write(connection.Output, "WINNERS_EOF\n");
        await connection.FlushAsync();
        return true;
    }

    private async Task<string[]> WaitForWinnersAsync(int draw, CancellationToken cancellationToken)
    {
        for (var awaited = draw; ;)
        {
            await draws.WaitAsync(awaited, Timeout.InfiniteTimeSpan, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var answer = await agencies.AskWinnersAsync(codec.Agency);
            if (answer.Documents is { } documents)
            {
                return documents;
            }

            // The agency has meanwhile become ready for a later draw, over another connection.
            awaited = answer.Draw ?? awaited;
            await Task.Delay(AskAgainAfter, time, cancellationToken);
        }
    }
}
