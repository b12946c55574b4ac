using System.Net;
using Granero.Tests.Support;

namespace Granero.Tests.Faults.Load;

/// <summary>As the known delimited client: one connection from the first bet to the winners. After a cut it goes on over another one.</summary>
internal sealed class DelimitedPlayer(LoadSetting setting, Journal journal, int agency) : AgencyPlayer(setting, journal, agency, "lottery, delimited", Batch)
{
    private const int Batch = 40;
    private const int Rest = 7;

    // A round's time and more.
    private static readonly TimeSpan ConnectionLimit = TimeSpan.FromMinutes(10);

    private RawConnection? _connection;

    /// <summary>The last few are acknowledged with the end, as mostly in life.</summary>
    public override int BetsInRound => (30 * Batch) + Rest;

    public override async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connection = null;
    }

    protected override async Task PlaceAsync(LotteryBet[] bets, int round, int from)
    {
        if (bets.Length < Batch)
            return;
        await CallAsync(server => UseAsync(server, connection => SendAsync(connection, bets)));
        WriteDown(round, from, bets.Length);
    }

    protected override async Task FinishAsync(LotteryBet[] bets, int round)
    {
        await CallAsync(server => UseAsync(server, connection => EndAsync(connection, bets)));
        WriteDown(round, bets.Length - Rest, Rest);
        WriteDown(round, await WaitForWinnersAsync(server => AskWinnersAsync(server, bets)));
        await DisposeAsync();
    }

    private async Task SendAsync(RawConnection connection, LotteryBet[] bets)
    {
        foreach (var bet in bets)
            await DelimitedMessage.SendAsync(connection, DelimitedMessage.BatchBet(Agency, bet));
        if (bets.Length == Batch)
            await ExpectAsync(connection, DelimitedMessage.Ack);
    }

    private async Task EndAsync(RawConnection connection, LotteryBet[] bets)
    {
        await SendAsync(connection, bets[^Rest..]);
        await DelimitedMessage.SendAsync(connection, DelimitedMessage.Eof);
        await ExpectAsync(connection, DelimitedMessage.Ack);
    }

    /// <summary>Reads them from the connection that was told the end; over another one they are asked for as TLV clients do, for this protocol has no question.</summary>
    private async Task<string[]> AskWinnersAsync(IPEndPoint server, LotteryBet[] bets)
    {
        if (_connection is null)
            return await AskByTlvAsync(server);

        var winners = new List<string>();
        await UseAsync(server, async connection =>
        {
            await ExpectAsync(connection, DelimitedMessage.Winners);
            while (await DelimitedMessage.ReadAsync(connection) is var payload && payload != DelimitedMessage.WinnersEof)
                winners.Add(payload);
        });
        return [.. winners];
    }

    private async Task<string[]> AskByTlvAsync(IPEndPoint server)
    {
        while (true)
        {
            await using var connection = await RawConnection.OpenAsync(server);
            var reply = await TlvPacket.AskWinners(Agency).AskAsync(connection);
            if (reply.Opcode == TlvOpcode.Winners)
                return reply.Documents();
            if (reply.Opcode != TlvOpcode.Busy)
                throw new UnexpectedReplyException("the winners", reply.ToString());
        }
    }

    private async Task UseAsync(IPEndPoint server, Func<RawConnection, Task> act)
    {
        try
        {
            _connection ??= await RawConnection.OpenAsync(server, ConnectionLimit);
            await act(_connection);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private static async Task ExpectAsync(RawConnection connection, string expected)
    {
        var payload = await DelimitedMessage.ReadAsync(connection);
        if (payload != expected)
            throw new UnexpectedReplyException($"'{expected}'", $"'{payload}'");
    }
}
