using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;
using Microsoft.AspNetCore.Connections;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Turns refusals and failures into the terms of the wires. Counts each and logs it once, without anything of a bet.</summary>
internal sealed partial class Refusals(GatewayMeter meter, ILogger<Refusals> logger)
{
    /// <summary>What a TLV client is told when its request cannot be granted.</summary>
    public static string Sentence(LotteryOpcode asked, Exception? failure) => (asked, failure) switch
    {
        (LotteryOpcode.RegisterBet, _) => "Error al procesar la apuesta enviada",
        (LotteryOpcode.RegisterBatch, _) => "Error al procesar el batch enviado",
        (_, GraneroException refusal) => refusal.Message,
        (_, not null) => "El servidor no pudo procesar el pedido, intente nuevamente",
        (LotteryOpcode.AgencyReady or LotteryOpcode.AskWinners, _) => "El valor debe ser el numero de la agencia seguido de #",
        _ => "Operacion no soportada",
    };

    /// <summary>A request that cannot even be tried.</summary>
    public void Report(FramedConnection connection, LotteryOpcode asked, string reason, int bets)
    {
        meter.RequestRefused(reason);
        if (asked is LotteryOpcode.RegisterBet or LotteryOpcode.RegisterBatch)
        {
            LogBetsRefused(bets, reason, connection.Id);
        }
        else
        {
            LogRequestRefused(asked, connection.Id, reason);
        }
    }

    /// <summary>A request that was tried: refused by its grain, or failed for as long as it was tried again.</summary>
    public void Report(FramedConnection connection, LotteryOpcode asked, Exception failure, int bets)
    {
        if (failure is GraneroException refusal)
        {
            Report(connection, asked, refusal.Code.ToString(), bets);
            return;
        }

        Report(connection, asked, failure.GetType().Name, bets);
        LogFailed(failure, connection.Id);
    }

    /// <summary>What ended a connection before its time. A peer that merely went away is nobody's fault.</summary>
    public void ReportEnd(FramedConnection connection, Exception failure)
    {
        switch (failure)
        {
            case WireException broken:
                meter.ConnectionRefused(broken.Breach);
                LogConnectionRefused(connection.Id, broken.Breach, broken.Message);
                break;
            case ConnectionResetException or ConnectionAbortedException:
                LogPeerLeft(connection.Id, failure.Message);
                break;
            default:
                LogFailed(failure, connection.Id);
                break;
        }
    }

    [LoggerMessage(LogLevel.Warning, "action: apuesta_recibida | result: fail | cantidad: {Count} | reason: {Reason} | connection: {ConnectionId}")]
    private partial void LogBetsRefused(int count, string reason, string connectionId);

    [LoggerMessage(LogLevel.Warning, "Request {Opcode} on connection {ConnectionId} was refused: {Reason}")]
    private partial void LogRequestRefused(LotteryOpcode opcode, string connectionId, string reason);

    [LoggerMessage(LogLevel.Warning, "Connection {ConnectionId} was closed: {Breach}: {Reason}")]
    private partial void LogConnectionRefused(string connectionId, Breach breach, string reason);

    [LoggerMessage(LogLevel.Debug, "Connection {ConnectionId} ended: {Reason}")]
    private partial void LogPeerLeft(string connectionId, string reason);

    [LoggerMessage(LogLevel.Error, "A request on connection {ConnectionId} failed")]
    private partial void LogFailed(Exception failure, string connectionId);
}
