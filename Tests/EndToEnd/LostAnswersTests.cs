using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Granero.Tests.EndToEnd;

/// <summary>Real processes, two gateways, and clients that lose their connections: each batch that was meant is stored, and once.</summary>
public sealed class LostAnswersTests : IAsyncLifetime
{
    private static readonly byte[] Ack = [2, 0, 0, 0, 0];
    private GraneroProcesses _granero = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _granero = await GraneroProcesses.StartAsync(agencies: 5, Cancelled);
        _granero.OtherGateway.Start();
        await _granero.OtherGateway.BecomeReadyAsync(Cancelled);
    }

    public ValueTask DisposeAsync() => _granero.DisposeAsync();

    [Fact]
    public async Task Equal_bets_through_two_gateways_by_clients_that_half_close_are_all_stored()
    {
        for (var i = 0; i < 3; i++)
        {
            await PlaceAndHalfClose(_granero.Server, Bet(agency: 1));
            await PlaceAndHalfClose(_granero.OtherServer, Bet(agency: 1));
        }

        Assert.Equal([6], await CountBets());
    }

    [Fact]
    public async Task An_answer_that_was_not_read_is_known_to_the_other_gateway()
    {
        var lost = await Send(_granero.Server, Bet(agency: 1));
        Assert.True(lost.Client.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead));
        lost.Dispose();

        await PlaceAndHalfClose(_granero.OtherServer, Bet(agency: 1));
        Assert.Equal([1], await CountBets());

        await PlaceAndHalfClose(_granero.OtherServer, Bet(agency: 1));
        await PlaceAndHalfClose(_granero.Server, Bet(agency: 1));
        Assert.Equal([3], await CountBets());
    }

    [Fact]
    public async Task A_client_that_gives_up_while_postgres_is_away_and_sends_again_is_stored_once()
    {
        await PlaceAndHalfClose(_granero.Server, Bet(agency: 2)); // so that the grain has its first query behind it
        await _granero.Postgres.StopAsync(Cancelled);
        using (await Send(_granero.Server, Bet(agency: 1)))
            await UntilTriedAgain();
        using var patient = await Send(_granero.Server, Bet(agency: 1));
        await _granero.Postgres.StartAsync(cancellationToken: Cancelled);

        Assert.Equal(Ack, await Read(patient));
        Assert.Equal([1], await _granero.QueryAsync<long>("select count(*) from bets where agency = 1", Cancelled));
    }

    /// <summary>Until the gateway's call has failed once. Whoever leaves before his bets are on their way may be overtaken.</summary>
    private async Task UntilTriedAgain()
    {
        while (!_granero.Gateway.Log.Contains("is tried again", StringComparison.Ordinal))
            await Task.Delay(20, Cancelled); // between two looks at another process's log
    }

    private Task<List<long>> CountBets() => _granero.QueryAsync<long>("select count(*) from bets", Cancelled);

    private static async Task PlaceAndHalfClose(IPEndPoint server, byte[] bet)
    {
        using var client = await Send(server, bet);
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(Ack, await Read(client));
    }

    private static async Task<TcpClient> Send(IPEndPoint server, byte[] request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server, Cancelled);
        await client.GetStream().WriteAsync(request, Cancelled);
        return client;
    }

    private static async Task<byte[]> Read(TcpClient client)
    {
        var answer = new byte[Ack.Length];
        var received = await client.Client.ReceiveAsync(answer, Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(40), Cancelled);
        return answer[..received];
    }

    private static byte[] Bet(int agency)
    {
        var value = Encoding.UTF8.GetBytes($"{agency}#Ana#Pérez#30904465#1999-03-17#7574#");
        return [1, 0, 0, 0, (byte)value.Length, .. value];
    }
}
