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
    ConnectionLimit connections,
    IOptions<TcpOptions> limits,
    IOptions<LotteryOptions> lottery,
    GatewayMeter meter,
    TimeProvider time) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var framed = new FramedConnection(connection, limits.Value, time);
        meter.ConnectionOpened();
        try
        {
            connections.Enter(framed);
            await ServeAsync(framed);
        }
        catch (Exception failure)
        {
            refusals.ReportEnd(framed, failure);
        }
        finally
        {
            connections.Leave(framed);
            meter.ConnectionClosed();
        }
    }

    private async Task ServeAsync(FramedConnection connection)
    {
        var protocol = await connection.ReadAsync<WireProtocol>(ProtocolDetector.TryDetect);
        await (protocol switch
        {
            WireProtocol.Tlv => Tlv(connection).RunAsync(),
            WireProtocol.Delimited => Delimited(connection).RunAsync(),
            WireProtocol.Line => EchoSession.RunAsync(connection),
            _ => Task.CompletedTask,
        });
    }

    private TlvSession Tlv(FramedConnection connection) =>
        new(connection, agencies, draws, refusals, limits.Value.MaxFrameBytes, lottery.Value.WinnersWait);

    private DelimitedSession Delimited(FramedConnection connection) =>
        new(connection, agencies, draws, refusals, new DelimitedCodec(lottery.Value.AckEvery, limits.Value.MaxFrameBytes), time);
}
