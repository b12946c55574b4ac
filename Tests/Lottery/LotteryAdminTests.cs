using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granero.Lottery;
using Granero.Tests.Support;
using Granero.Tests.Support.Operators;
using Xunit;

namespace Granero.Tests.Lottery;

/// <summary>What operators see of the lottery, and do with it. Each test has a Granero of its own: there is one open draw.</summary>
public sealed class LotteryAdminTests : IAsyncLifetime
{
    private readonly AdminCluster _admin = new();
    private HttpClient? _client;
    private int _lastAgency;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client => _client ?? throw PostgresServer.Missing();

    public async ValueTask InitializeAsync()
    {
        await _admin.InitializeAsync();
        if (PostgresServer.IsGiven)
            _client = await _admin.LogIn();
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _admin.DisposeAsync();
    }

    [Fact]
    public async Task The_board_counts_what_agencies_place_and_who_is_ready()
    {
        var (first, second) = (NewAgency(), NewAgency());
        await first.PlaceBets(Bets.Some(3));
        await first.PlaceBets(Bets.Some(2));
        await second.PlaceBets(Bets.Some(4));
        await second.DeclareReady();

        var lines = await Watch(lines => lines.Length == 2 && lines.Sum(line => line.Bets) == 9);

        Assert.Equal([(1, 2L, 5L, false), (2, 1L, 4L, true)], lines.Select(line => (line.Agency, line.Batches, line.Bets, line.ReadyAt is not null)));
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_is_counted_once()
    {
        var agency = NewAgency();
        var batch = Bets.Some(3);
        await agency.PlaceBets(batch);
        await agency.PlaceBets(batch);
        await agency.PlaceBets(Bets.Some(1));

        var lines = await Watch(lines => lines.Sum(line => line.Bets) >= 4);

        Assert.Equal(4, Assert.Single(lines).Bets);
    }

    [Fact]
    public async Task An_operator_holds_a_draw_with_whoever_is_ready_and_the_record_says_who()
    {
        var agency = NewAgency();
        await agency.PlaceBets(Bets.Of(("Ana", "B", "11", "2000-01-01", 7574), ("Eva", "C", "22", "2000-01-01", 1)));

        using var held = await Client.PostAsync(new Uri("/admin/lottery/draws/1/hold", UriKind.Relative), content: null, Token);

        var draw = (await held.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("draw");
        Assert.Equal((7574, 2, 1), (draw.GetProperty("winning_number").GetInt32(), draw.GetProperty("bets").GetInt32(), draw.GetProperty("winners").GetInt32()));
        Assert.Equal(["2"], await _admin.Database.Rows("select draw from draws where held_at is null"));
        Assert.Equal(
            ["ana|POST /admin/lottery/draws/{draw:int}/hold|/admin/lottery/draws/1/hold|done"],
            await _admin.Database.Rows("select operator, action, target, outcome from operator_audit"));
    }

    [Fact]
    public async Task A_draw_that_is_held_again_stays_as_it_is()
    {
        for (var i = 0; i < 2; i++)
        {
            using var held = await Client.PostAsync(new Uri("/admin/lottery/draws/1/hold", UriKind.Relative), content: null, Token);
            Assert.Equal(HttpStatusCode.OK, held.StatusCode);
        }

        Assert.Equal(["1", "2"], await _admin.Database.Rows("select draw from draws order by draw"));
    }

    [Fact]
    public async Task A_deadline_that_has_passed_holds_the_draw_at_once()
    {
        var watching = _admin.Grains.GetGrain<IDrawGrain>(1).WaitUntilHeld(TimeSpan.FromSeconds(20), Token);
        using var set = await SetDeadline(1, "2000-01-01T00:00:00Z");
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        Assert.True(await watching);
    }

    [Fact]
    public async Task A_deadline_to_come_is_shown_and_can_be_taken_back()
    {
        using var set = await SetDeadline(1, "2100-01-01T00:00:00Z");
        Assert.Equal("2100-01-01T00:00:00+00:00", (await Board()).GetProperty("due_at").GetString());
        using var taken = await SetDeadline(1, null);
        Assert.Equal(JsonValueKind.Null, (await Board()).GetProperty("due_at").ValueKind);
    }

    [Theory]
    [InlineData(1, HttpStatusCode.Conflict)]
    [InlineData(99, HttpStatusCode.NotFound)]
    public async Task A_deadline_for_a_draw_that_is_not_open_is_refused_and_the_record_says_so(int draw, HttpStatusCode expected)
    {
        await _admin.Grains.GetGrain<IDrawGrain>(1).HoldNow(Token);
        using var set = await SetDeadline(draw, "2100-01-01T00:00:00Z");
        Assert.Equal(expected, set.StatusCode);
        var entry = Assert.Single(await _admin.Database.Rows("select detail, outcome from operator_audit"));
        Assert.StartsWith($$"""{"deadline":"2100-01-01T00:00:00Z"}|{{(int)expected}}: """, entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exports_have_every_bet_and_winner_and_no_formula()
    {
        var (first, second) = (NewAgency(), NewAgency());
        await first.PlaceBets(Bets.Of(("=1+1", "O'Neil, \"Pat\"", "11", "2000-01-31", 7574)));
        for (var i = 0; i < 30; i++)
            await second.PlaceBets(Bets.Some(1 + (i * 40)));
        await _admin.Grains.GetGrain<IDrawGrain>(1).HoldNow(Token);

        var bets = (await Client.GetStringAsync(new Uri("/admin/lottery/draws/1/bets.csv", UriKind.Relative), Token)).Split("\r\n");
        var winners = await Client.GetStringAsync(new Uri("/admin/lottery/draws/1/winners.csv", UriKind.Relative), Token);

        Assert.Equal("draw,agency,first_name,last_name,document,birthdate,number", bets[0]);
        Assert.Equal("1,1,'=1+1,\"O'Neil, \"\"Pat\"\"\",11,2000-01-31,7574", bets[1]);
        Assert.Equal(int.Parse((await _admin.Database.Rows("select count(*) from bets"))[0], null), bets.Length - 2);
        Assert.StartsWith("draw,agency,position,document\r\n1,1,1,11\r\n", winners, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_live_stream_tells_the_board_as_events()
    {
        await using var stream = await Client.GetStreamAsync(new Uri("/admin/lottery/live", UriKind.Relative), Token);
        using var reader = new StreamReader(stream);
        Assert.Equal("event: lottery", await reader.ReadLineAsync(Token));
        Assert.StartsWith("data: {\"at\":", await reader.ReadLineAsync(Token), StringComparison.Ordinal);
    }

    private IAgencyGrain NewAgency() => _admin.Grains.GetGrain<IAgencyGrain>(++_lastAgency);

    private Task<HttpResponseMessage> SetDeadline(int draw, string? deadline) =>
        Client.PutAsJsonAsync($"/admin/lottery/draws/{draw}/deadline", new { deadline }, Token);

    private async Task<JsonElement> Board()
    {
        await using var stream = await Client.GetStreamAsync(new Uri("/admin/lottery/live", UriKind.Relative), Token);
        using var reader = new StreamReader(stream);
        await reader.ReadLineAsync(Token);
        return JsonSerializer.Deserialize<JsonElement>((await reader.ReadLineAsync(Token))!["data: ".Length..]);
    }

    /// <summary>Looks until the silo's report has come, which it does four times a second.</summary>
    private async Task<AgencyLine[]> Watch(Func<AgencyLine[], bool> isWaitedFor)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var board = await _admin.Grains.GetGrain<ILotteryBoardGrain>(0).Look(limit.Token);
            if (isWaitedFor(board.Open.Agencies))
                return board.Open.Agencies;
        }
    }
}
