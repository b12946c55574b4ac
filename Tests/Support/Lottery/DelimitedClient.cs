using System.Net;

namespace Granero.Tests.Support;

/// <summary>
/// The known delimited client: <paramref name="ackEvery"/> bets one after another, one ack for them, and so on; then EOF, its ack,
/// and the winners when the draw is held. All on one connection.
/// </summary>
/// <remarks>The bets that do not fill the last batch are acknowledged by the ack of EOF. Disposing after it is the version that leaves there.</remarks>
public sealed class DelimitedClient(EndPoint server, AgencyBets agency, int ackEvery = 40, TimeSpan? limit = null) : ILotteryClient
{
    private readonly KeptConnection kept = new(server, limit);

    public int Acknowledged { get; private set; }

    public Task SendBetsAsync(CancellationToken cancellationToken = default) => kept.UseAsync(
        async connection =>
        {
            foreach (var bets in agency.Bets.Skip(Acknowledged).Chunk(ackEvery))
            {
                foreach (var bet in bets) await DelimitedMessage.SendAsync(connection, DelimitedMessage.BatchBet(agency.Agency, bet));
                if (bets.Length == ackEvery) await ExpectAckAsync(connection, bets.Length);
            }
        },
        cancellationToken);

    public Task DeclareReadyAsync(CancellationToken cancellationToken = default) => kept.UseAsync(
        async connection =>
        {
            await DelimitedMessage.SendAsync(connection, DelimitedMessage.Eof);
            await ExpectAckAsync(connection, agency.Bets.Count - Acknowledged);
        },
        cancellationToken);

    public async Task<string[]> WaitForWinnersAsync(CancellationToken cancellationToken = default)
    {
        List<string> winners = [];
        await kept.UseAsync(
            async connection =>
            {
                await ExpectAsync(connection, DelimitedMessage.Winners);
                while (await DelimitedMessage.ReadAsync(connection) is var payload && payload != DelimitedMessage.WinnersEof) winners.Add(payload);
            },
            cancellationToken);
        return [.. winners];
    }

    public ValueTask DisposeAsync() => kept.LeaveAsync();

    private static async Task ExpectAsync(RawConnection connection, string expected)
    {
        var payload = await DelimitedMessage.ReadAsync(connection);
        if (payload != expected) throw new UnexpectedReplyException($"'{expected}'", $"'{payload}'");
    }

    private async Task ExpectAckAsync(RawConnection connection, int bets)
    {
        await ExpectAsync(connection, DelimitedMessage.Ack);
        Acknowledged += bets;
    }
}
