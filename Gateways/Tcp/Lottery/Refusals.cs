using Granero.Gateways.Tcp.Support;
using Granero.Gateways.Tcp.Wire;
using Microsoft.AspNetCore.Connections;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Turns refusals and failures into the terms of the wires. Counts each and logs it once, without anything of a bet.</summary>
internal sealed partial class Refusals(GatewayMeter meter, ILogger<Refusals> logger)
{
    /// <summary>What a TLV client is told when its request cannot be granted.</summary>
    public static string Sentence(LotteryOpcode asked, GraneroException? refusal) => (asked, refusal) switch
    {
        (LotteryOpcode.RegisterBet, _) => "Error al procesar la apuesta enviada",
        (LotteryOpcode.RegisterBatch, _) => "Error al procesar el batch enviado",
        (_, not null) => refusal.Message,
        (LotteryOpcode.AgencyReady or LotteryOpcode.AskWinners, _) => "El valor debe ser el numero de la agencia seguido de #",
        _ => "Operacion no soportada",
    };

    /// <summary>A request that cannot even be tried, or that its grain refused.</summary>
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
                // What became of the request is not known, so nobody says anything to the client: it sends it again.
                meter.RequestRefused(failure.GetType().Name);
                LogFailed(failure, connection.Id);
                break;
        }
    }

    [LoggerMessage(1009, LogLevel.Warning, "action: apuesta_recibida | result: fail | cantidad: {Count} | reason: {Reason} | connection: {ConnectionId}")]
    private partial void LogBetsRefused(int count, string reason, string connectionId);

    [LoggerMessage(1010, LogLevel.Warning, "Request {Opcode} on connection {ConnectionId} was refused: {Reason}")]
    private partial void LogRequestRefused(LotteryOpcode opcode, string connectionId, string reason);

    [LoggerMessage(1011, LogLevel.Warning, "Connection {ConnectionId} was closed: {Breach}: {Reason}")]
    private partial void LogConnectionRefused(string connectionId, Breach breach, string reason);

    [LoggerMessage(1012, LogLevel.Debug, "Connection {ConnectionId} ended: {Reason}")]
    private partial void LogPeerLeft(string connectionId, string reason);

    [LoggerMessage(1013, LogLevel.Error, "A request on connection {ConnectionId} failed; what became of it is not known, and the connection was closed")]
    private partial void LogFailed(Exception failure, string connectionId);
}
