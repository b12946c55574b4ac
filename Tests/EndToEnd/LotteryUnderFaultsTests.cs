using System.Net;
using System.Net.Sockets;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.EndToEnd;

/// <summary>
/// Real processes, killed while five agencies bet: every acknowledged bet is stored, none twice, and the draw is held once.
/// </summary>
public sealed class LotteryUnderFaultsTests : IAsyncLifetime
{
    private const int Agencies = 5;
    private static readonly LotteryDataSet Bets = LotteryDataSet.Make(Agencies, bets: 10_050, seed: 7574);
    private GraneroProcesses _granero = null!; // still null for xUnit's DisposeAsync when the start failed

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _granero = await GraneroProcesses.StartAsync(Agencies, Cancelled);

    public ValueTask DisposeAsync() => _granero?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData("tlv")]
    [InlineData("delimited")]
    public async Task Clients_notice_nothing_when_the_silo_is_killed(string protocol) =>
        await PlayAndBreak(protocol, async () =>
        {
            await _granero.Silo.KillAsync();
            _granero.Silo.Start();
        });

    [Theory]
    [InlineData("tlv")]
    [InlineData("delimited")]
    public async Task Clients_notice_nothing_when_postgres_stops_at_once(string protocol) =>
        await PlayAndBreak(protocol, async () =>
        {
            await _granero.Postgres.StopAsync(Cancelled);
            Assert.Equal(HttpStatusCode.OK, await _granero.Silo.StatusOfAsync("live", Cancelled));
            await _granero.Postgres.StartAsync(cancellationToken: Cancelled);
        });

    [Theory]
    [InlineData("tlv")]
    [InlineData("delimited")]
    public async Task Clients_go_on_from_their_last_ack_when_the_gateway_is_killed(string protocol) =>
        await PlayAndBreak(protocol, async () =>
        {
            await _granero.Gateway.KillAsync();
            _granero.Gateway.Start();
        }, clientsAreCutOff: true);

    [Fact]
    public async Task A_draw_that_fell_due_as_everything_died_is_held_once_after_the_restart()
    {
        var clients = Clients("tlv");
        await Task.WhenAll(clients.Select(client => client.SendBetsAsync(Cancelled)));
        await Task.WhenAll(clients.Select(client => client.DeclareReadyAsync(Cancelled)));
        await Task.WhenAll(_granero.Silo.KillAsync(), _granero.Gateway.KillAsync());

        _granero.Silo.Start();
        await _granero.Silo.BecomeReadyAsync(Cancelled);
        _granero.Gateway.Start();

        await _granero.Gateway.BecomeReadyAsync(Cancelled);
        CheckWinners(await Task.WhenAll(clients.Select(client => client.WaitForWinnersAsync(Cancelled))));
        await CheckBooks();
    }

    [Fact]
    public async Task The_draw_goes_on_over_restarts_and_the_same_clients_play_again()
    {
        CheckWinners(await Task.WhenAll(Clients("tlv").Select(client => client.PlayAsync(Cancelled))));
        Assert.DoesNotContain("warn:", _granero.Silo.Log, StringComparison.Ordinal);
        Assert.Equal(0, (await _granero.Gateway.StopAsync(Cancelled)).ExitCode);
        Assert.Equal(0, (await _granero.Silo.StopAsync(Cancelled)).ExitCode);

        _granero.Silo.Start();
        await _granero.Silo.BecomeReadyAsync(Cancelled);
        _granero.Gateway.Start();
        await _granero.Gateway.BecomeReadyAsync(Cancelled);

        CheckWinners(await Task.WhenAll(Clients("delimited").Select(client => client.PlayAsync(Cancelled))));
        Assert.Equal([Bets.Count, Bets.Count], await _granero.QueryAsync<long>("select count(*) from bets group by draw", Cancelled));
    }

    [Fact]
    public async Task Both_processes_stop_within_five_seconds_although_clients_are_connected()
    {
        await using var idle = await RawConnection.OpenAsync(_granero.Server, cancellationToken: Cancelled);
        await using var waiting = new DelimitedClient(_granero.Server, Bets.Agencies[0]);
        await waiting.SendBetsAsync(Cancelled);
        await waiting.DeclareReadyAsync(Cancelled);

        var gateway = await _granero.Gateway.StopAsync(Cancelled);
        var silo = await _granero.Silo.StopAsync(Cancelled);

        Assert.Equal((0, 0), (gateway.ExitCode, silo.ExitCode));
        Assert.DoesNotContain("DrawWatch", _granero.Gateway.Log, StringComparison.Ordinal);
        Assert.InRange(gateway.Took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(silo.Took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    /// <summary>Plays a whole draw, and breaks something once a third of the bets are acknowledged.</summary>
    private async Task PlayAndBreak(string protocol, Func<Task> breakSomething, bool clientsAreCutOff = false)
    {
        var clients = Clients(protocol);
        var sending = Task.WhenAll(clients.Select(client => SendAsync(client, clientsAreCutOff)));
        while (!sending.IsCompleted && clients.Sum(client => client.Acknowledged) < Bets.Count / 3)
            await Task.WhenAny(sending, Task.Delay(1, Cancelled)); // the clients count, and tell nobody

        await breakSomething();
        await sending;
        await Task.WhenAll(clients.Select(client => DeclareReadyAsync(client, clientsAreCutOff)));
        CheckWinners(await Task.WhenAll(clients.Select(client => client.WaitForWinnersAsync(Cancelled))));
        await CheckBooks();
    }

    /// <summary>A client that is cut off connects again, and goes on behind its last acknowledged bet.</summary>
    private static async Task SendAsync(ILotteryClient client, bool isCutOff)
    {
        while (true)
        {
            try
            {
                await client.SendBetsAsync(Cancelled);
                return;
            }
            catch (Exception cut) when (isCutOff && cut is (SocketException or IOException))
            {
                await Task.Delay(20, Cancelled); // between two tries to connect
            }
        }
    }

    private static async Task DeclareReadyAsync(ILotteryClient client, bool isCutOff)
    {
        try
        {
            await client.DeclareReadyAsync(Cancelled);
        }
        catch (Exception cut) when (isCutOff && cut is (SocketException or IOException))
        {
            await SendAsync(client, isCutOff);
            await client.DeclareReadyAsync(Cancelled);
        }
    }

    private ILotteryClient[] Clients(string protocol) =>
    [
        .. Bets.Agencies.Select(ILotteryClient (agency) => protocol == "tlv"
            ? new TlvClient(_granero.Server, agency, batch: 50)
            : new DelimitedClient(_granero.Server, agency)),
    ];

    private static void CheckWinners(string[][] winners) =>
        Assert.Equal(Bets.Agencies.Select(agency => agency.Winners()), winners);

    /// <summary>No document comes twice in the data set, so each has to be there once.</summary>
    private async Task CheckBooks()
    {
        var stored = await _granero.QueryAsync<string>("select document from bets where draw = 1 order by document", Cancelled);
        Assert.Equal(Bets.Agencies.SelectMany(agency => agency.Bets).Select(bet => bet.Document).Order(StringComparer.Ordinal), stored);
        Assert.Equal([2], await _granero.QueryAsync<int>("select draw from draws where held_at is null", Cancelled));
    }
}
