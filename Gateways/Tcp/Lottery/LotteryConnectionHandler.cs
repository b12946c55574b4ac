using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Serves the connections of the lottery's port: finds out which protocol a peer speaks, and speaks it.</summary>
internal sealed class LotteryConnectionHandler(
    AgencyClient agencies,
    DrawWatch draws,
    Refusals refusals,
    UnansweredBatches unanswered,
    ConnectionLimit connections,
    BufferBudget buffers,
    IOptions<TcpOptions> limits,
    IOptions<LotteryOptions> lottery,
    GatewayMeter meter,
    TimeProvider time) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var framed = new FramedConnection(connection, limits.Value, buffers, time);
        var answers = new ClientAnswers(framed, unanswered);
        meter.ConnectionOpened();
        await answers.SettleAsync(await ServeToEndAsync(framed, answers));
    }

    /// <returns>What ended the connection before its time.</returns>
    private async Task<Exception?> ServeToEndAsync(FramedConnection connection, ClientAnswers answers)
    {
        try
        {
            connections.Enter(connection);
            await ServeAsync(connection, answers);
            return null;
        }
        catch (Exception failure)
        {
            refusals.ReportEnd(connection, failure);
            return failure;
        }
        finally
        {
            connections.Leave(connection);
            meter.ConnectionClosed();
        }
    }

    private async Task ServeAsync(FramedConnection connection, ClientAnswers answers)
    {
        var protocol = await connection.ReadAsync<WireProtocol>(ProtocolDetector.TryDetect);
        await (protocol switch
        {
            WireProtocol.Tlv => Tlv(connection, answers).RunAsync(),
            WireProtocol.Delimited => Delimited(connection, answers).RunAsync(),
            WireProtocol.Line => new EchoSession(connection, limits.Value.MaxFrameBytes).RunAsync(),
            _ => Task.CompletedTask,
        });
    }

    private TlvSession Tlv(FramedConnection connection, ClientAnswers answers) =>
        new(connection, answers, agencies, draws, refusals, limits.Value.MaxFrameBytes, lottery.Value.WinnersWait, time);

    private DelimitedSession Delimited(FramedConnection connection, ClientAnswers answers)
    {
        var codec = new DelimitedCodec(lottery.Value.AckEvery, limits.Value.MaxFrameBytes);
        connection.KeptByParser = () => codec.CollectedBytes;
        return new(connection, answers, agencies, draws, refusals, codec, time);
    }
}
