using System.Buffers;
using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Serves one TLV connection: one reply for each request, in order (protocols.md, section 1.1).</summary>
internal sealed class TlvSession(
    FramedConnection connection,
    ClientAnswers answers,
    AgencyClient agencies,
    DrawWatch draws,
    Refusals refusals,
    int maxFrameBytes,
    TimeSpan winnersWait,
    TimeProvider time)
{
    public async Task RunAsync()
    {
        FrameParser<TlvRequest> parse = TryRead;
        while (await connection.ReadAsync(parse) is { Opcode: not LotteryOpcode.Close } request)
        {
            await AnswerAsync(request);
            await connection.FlushAsync();
            if (request.Fault == BetFault.TooLong)
            {
                await connection.LingerAsync();
                throw new WireException(Breach.FrameTooLong, "The length of a packet is above the limit.");
            }

            if (request.Opcode == LotteryOpcode.Corrupted)
            {
                return;
            }
        }
    }

    private bool TryRead(ref ReadOnlySequence<byte> buffer, out TlvRequest request)
    {
        var isWhole = TlvReader.TryRead(ref buffer, maxFrameBytes, out var frame);
        request = isWhole ? TlvCodec.Read(frame) : default;
        return isWhole;
    }

    private async ValueTask AnswerAsync(TlvRequest request)
    {
        if (request.Fault == BetFault.TooLong)
        {
            TlvWriter.WriteText(connection.Output, (byte)LotteryOpcode.Error, Refusals.Sentence(request.Opcode, refusal: null));
            return; // counted and logged as the connection's end
        }

        if (request.Fault != BetFault.None && request.Opcode != LotteryOpcode.Corrupted)
        {
            Refuse(request, request.Fault.ToString());
            return;
        }

        try
        {
            await GrantAsync(request);
        }
        catch (GraneroException refusal)
        {
            refusals.Report(connection, request.Opcode, refusal.Code.ToString(), request.Bets);
            TlvWriter.WriteText(connection.Output, (byte)LotteryOpcode.Error, Refusals.Sentence(request.Opcode, refusal));
        }
    }

    private async ValueTask GrantAsync(TlvRequest request)
    {
        switch (request.Opcode)
        {
            case LotteryOpcode.RegisterBet or LotteryOpcode.RegisterBatch:
                await PlaceBetsAsync(request);
                break;
            case LotteryOpcode.AgencyReady:
                await agencies.DeclareReadyAsync(request.Agency);
                Reply(LotteryOpcode.Ack);
                break;
            case LotteryOpcode.AskWinners:
                await TellWinnersAsync(request.Agency);
                break;
            case LotteryOpcode.Corrupted:
                Reply(LotteryOpcode.Corrupted);
                break;
            default:
                Refuse(request, "Opcode");
                break;
        }
    }

    /// <summary>The known client's last batch can be empty: nothing to store, and still an ack.</summary>
    private async ValueTask PlaceBetsAsync(TlvRequest request)
    {
        if (request.Batch is { } batch)
        {
            await agencies.PlaceBetsAsync(answers, request.Agency, batch, isAlone: request.Opcode == LotteryOpcode.RegisterBet);
        }

        Reply(LotteryOpcode.Ack);
    }

    /// <summary>The known client sleeps for seconds after each "busy", so it is held for a while before it is told that.</summary>
    private async ValueTask TellWinnersAsync(int agency)
    {
        var answer = await agencies.AskWinnersAsync(agency);
        if (answer.Documents is null)
        {
            await WaitForWinnersAsync(answer.Draw);
            answer = await agencies.AskWinnersAsync(agency);
        }

        if (answer.Documents is { } documents)
        {
            TlvWriter.WriteList(connection.Output, (byte)LotteryOpcode.Winners, documents);
        }
        else
        {
            Reply(LotteryOpcode.Busy);
        }
    }

    /// <summary>An agency that is ready for no draw yet may become so meanwhile, over another connection.</summary>
    private async ValueTask WaitForWinnersAsync(int? draw)
    {
        if (draw is { } awaited)
        {
            await draws.WaitAsync(awaited, winnersWait, connection.Stopping);
        }
        else
        {
            await Task.Delay(winnersWait, time, connection.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Reply(LotteryOpcode opcode) => TlvWriter.WriteEmpty(connection.Output, (byte)opcode);

    private void Refuse(TlvRequest request, string reason)
    {
        refusals.Report(connection, request.Opcode, reason, request.Bets);
        TlvWriter.WriteText(connection.Output, (byte)LotteryOpcode.Error, Refusals.Sentence(request.Opcode, refusal: null));
    }
}
