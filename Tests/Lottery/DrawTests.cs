using Granero.Lottery;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Lottery;

/// <summary>A draw is held exactly once, whoever tries and whatever dies on the way.</summary>
[Collection(LotteryCollection.Name)]
public sealed class DrawTests(LotteryCluster lottery)
{
    [Fact]
    public async Task Whoever_waits_learns_that_the_draw_was_held()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        var waiting = lottery.Draw(draw).WaitUntilHeld(TimeSpan.FromSeconds(20));

        await Task.WhenAll(agencies.Select(agency => agency.DeclareReady()));

        Assert.True(await waiting);
    }

    [Fact]
    public async Task Waiting_ends_without_a_draw_when_its_time_is_over()
    {
        var draw = await lottery.OpenFreshDraw();

        Assert.False(await lottery.Draw(draw).WaitUntilHeld(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Many_who_try_at_once_hold_it_once()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        await agencies[0].PlaceBets(Bets.Of(("A", "B", "11", "2000-01-01", 7574)));
        await lottery.MakeReadyInTheRows(draw, agencies);
        var store = lottery.SiloService<DrawStore>();

        // Past the grain: as two activations would.
        var held = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => store.Hold(draw, 7574, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken)));

        Assert.Equal(1, Assert.Single(held, winners => winners is not null));
        Assert.Equal(["11"], await lottery.Database.Rows($"select document from winners where draw = {draw}"));
        Assert.Equal([$"{draw + 1}"], await lottery.Database.Rows("select draw from draws where held_at is null"));
    }

    [Fact]
    public async Task The_reminder_is_stored_before_the_acknowledgement_and_gone_after_the_result()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        await agencies[0].DeclareReady();
        Assert.Single(await lottery.Reminders(draw));

        await lottery.HoldWith(agencies);
        await lottery.Draw(draw).HoldIfDue(); // a turn of the grain after the one that held it

        Assert.Empty(await lottery.Reminders(draw));
    }

    [Fact]
    public async Task The_reminder_holds_a_draw_whose_silo_died_when_all_were_ready()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        await lottery.MakeReadyInTheRows(draw, agencies);

        await lottery.Tick(draw);

        Assert.True(await lottery.Draw(draw).HoldIfDue());
        Assert.Equal(draw + 1, await agencies[0].PlaceBets(Bets.Some(1)));
    }

    [Fact]
    public async Task A_late_agency_belongs_to_the_next_draw_and_its_earlier_bets_take_part_in_this_one()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        var late = lottery.NewAgency();
        await late.PlaceBets(Bets.Of(("A", "B", "99", "2000-01-01", 7574)));
        await lottery.HoldWith(agencies);

        Assert.Equal(draw + 1, await late.PlaceBets(Bets.Some(1)));
        Assert.Equal(draw + 1, await late.DeclareReady());

        Assert.Equal(["99"], await lottery.Database.Rows($"select document from winners where draw = {draw}"));
    }

    [Fact]
    public async Task Bets_that_race_with_the_draw_are_wholly_in_it_or_in_the_next_one()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        var late = lottery.NewAgencies(8);
        var receipts = new List<(IAgencyGrain Agency, int Draw)>();

        async Task Bet(IAgencyGrain agency)
        {
            int drawOfBatch;
            do
            {
                drawOfBatch = await agency.PlaceBets(Bets.Of(("A", "B", "1", "2000-01-01", 7574)));
                lock (receipts)
                    receipts.Add((agency, drawOfBatch));
            }
            while (drawOfBatch == draw);
        }

        var betting = late.Select(Bet).ToArray();
        await lottery.HoldWith(agencies);
        await Task.WhenAll(betting);

        var inTheDraw = receipts.Count(receipt => receipt.Draw == draw);
        Assert.Equal(inTheDraw, await lottery.CountBets(draw));
        Assert.Equal([$"{inTheDraw}"], await lottery.Database.Rows($"select count(*) from winners where draw = {draw}"));
        Assert.Equal(receipts.Count - inTheDraw, await lottery.CountBets(draw + 1));
    }
}
