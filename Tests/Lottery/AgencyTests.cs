using Granero.Lottery;
using Granero.Tests.Support;
using Orleans.Core.Internal;
using Xunit;

namespace Granero.Tests.Lottery;

/// <summary>What one agency may do, and when: bets, ready, winners.</summary>
[Collection(LotteryCollection.Name)]
public sealed class AgencyTests(LotteryCluster lottery)
{
    [Fact]
    public async Task Bets_are_stored_as_they_were_placed()
    {
        var draw = await lottery.OpenFreshDraw();
        var agency = lottery.NewAgency();
        var batch = Bets.Of(("Ana", "Pérez", "30904465", "1999-03-17", 7574), ("José María", "Núñez", "1", "0001-01-01", 0));

        Assert.Equal(draw, await agency.PlaceBets(batch));

        var stored = await lottery.Database.Rows(
            $"select draw, agency, first_name, last_name, document, birthdate, number from bets where draw = {draw}");
        Assert.Equal(
            [
                $"{draw}|{agency.Number()}|Ana|Pérez|30904465|1999-03-17|7574",
                $"{draw}|{agency.Number()}|José María|Núñez|1|0001-01-01|0",
            ],
            stored);
    }

    [Fact]
    public async Task A_batch_sent_twice_is_stored_once_and_gets_the_same_receipt()
    {
        var draw = await lottery.OpenFreshDraw();
        var agency = lottery.NewAgency();
        var batch = Bets.Some(100);

        Assert.Equal(draw, await agency.PlaceBets(batch));
        Assert.Equal(draw, await agency.PlaceBets(batch));

        Assert.Equal(100, await lottery.CountBets(draw));
    }

    [Fact]
    public async Task A_batch_sent_many_times_at_once_is_stored_once()
    {
        var draw = await lottery.OpenFreshDraw();
        var batch = Bets.Some(100);

        // Past the grain and on connections of their own: as two activations would, which do happen around a silo's death.
        var receipts = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            await using var writer = new BetWriter(lottery.SiloService<BetStore>());
            return await writer.Add(1, batch, Agencies.NewOrigin(), TestContext.Current.CancellationToken);
        }));

        Assert.All(receipts, receipt => Assert.Equal(draw, receipt?.Draw));
        Assert.Equal(100, await lottery.CountBets(draw));
    }

    [Fact]
    public async Task A_batch_sent_again_after_the_draw_was_held_keeps_its_first_draw()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        var batch = Bets.Some(10);
        await agencies[0].PlaceBets(batch);
        await lottery.HoldWith(agencies);

        Assert.Equal(draw, await agencies[0].PlaceBets(batch));

        Assert.Equal(10, await lottery.CountBets(draw));
        Assert.Equal(0, await lottery.CountBets(draw + 1));
    }

    [Fact]
    public async Task A_ready_agency_takes_no_bets_until_the_draw_is_held()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        await agencies[0].PlaceBets(Bets.Some(3));
        Assert.Equal(draw, await agencies[0].DeclareReady());

        var refusal = await Assert.ThrowsAsync<GraneroException>(() => agencies[0].PlaceBets(Bets.Some(3)));
        Assert.Equal(ErrorCode.AgencyIsReady, refusal.Code);
        Assert.Equal(3, await lottery.CountBets(draw));

        await lottery.HoldWith(agencies[1..]);
        Assert.Equal(draw + 1, await agencies[0].PlaceBets(Bets.Some(3)));
    }

    [Fact]
    public async Task Winners_are_those_of_the_last_draw_that_the_agency_was_ready_for()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        Assert.Equal(new WinnersAnswer(null, null), await agencies[0].AskWinners());

        await agencies[0].PlaceBets(Bets.Of(("A", "B", "11", "2000-01-01", 7574), ("A", "B", "12", "2000-01-01", 7575)));
        await agencies[0].PlaceBets(Bets.Of(("A", "B", "13", "2000-01-01", 7574)));
        Assert.Null((await agencies[0].AskWinners()).Draw);
        await agencies[0].DeclareReady();
        Assert.Equal(new WinnersAnswer(draw, null), await agencies[0].AskWinners());

        await lottery.HoldWith(agencies[1..]);
        await agencies[0].PlaceBets(Bets.Of(("A", "B", "14", "2000-01-01", 7574)));

        var answer = await agencies[0].AskWinners();
        Assert.Equal(draw, answer.Draw);
        Assert.Equal(["11", "13"], answer.Documents!);
        Assert.Empty((await agencies[1].AskWinners()).Documents!);
    }

    [Fact]
    public async Task Ready_twice_counts_once()
    {
        var draw = await lottery.OpenFreshDraw();
        var agency = lottery.NewAgency();

        for (var i = 0; i <= LotteryCluster.Agencies; i++)
            Assert.Equal(draw, await agency.DeclareReady());

        Assert.False(await lottery.Draw(draw).HoldIfDue());
    }

    [Fact]
    public async Task Ready_repeated_after_the_draw_was_held_does_not_count_for_the_next()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        await lottery.HoldWith(agencies);

        Assert.Equal(draw, await agencies[0].DeclareReady());

        Assert.Equal(draw + 1, await agencies[0].PlaceBets(Bets.Some(1)));
    }

    [Fact]
    public async Task An_agency_without_bets_is_ready_for_the_next_draw_once_it_knows_its_winners()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        await lottery.HoldWith(agencies);
        await agencies[0].AskWinners();

        Assert.Equal(draw + 1, await agencies[0].DeclareReady());
    }

    [Fact]
    public async Task A_client_whose_gateway_died_before_the_answer_sends_its_batch_again_and_it_is_stored_once()
    {
        var draw = await lottery.OpenFreshDraw();
        var agency = lottery.NewAgency();
        var batch = Bets.Some(40);
        await agency.PlaceBets(batch, origin: Agencies.NewOrigin());

        var again = batch with { Id = Guid.CreateVersion7() };
        Assert.Equal(draw, await agency.PlaceBets(again, origin: Agencies.NewOrigin()));

        Assert.Equal(40, await lottery.CountBets(draw));
    }

    [Fact]
    public async Task The_same_bets_twice_through_one_gateway_are_two_batches()
    {
        var draw = await lottery.OpenFreshDraw();
        var agency = lottery.NewAgency();
        var batch = Bets.Some(40);
        await agency.PlaceBets(batch);

        await agency.PlaceBets(batch with { Id = Guid.CreateVersion7() });

        Assert.Equal(80, await lottery.CountBets(draw));
    }

    [Fact]
    public async Task The_same_bets_through_another_gateway_are_a_new_batch_when_the_agency_has_gone_on_through_it()
    {
        var draw = await lottery.OpenFreshDraw();
        var (agency, other) = (lottery.NewAgency(), Agencies.NewOrigin());
        var batch = Bets.Some(40);
        await agency.PlaceBets(batch);
        await agency.PlaceBets(Bets.Some(3), other);

        await agency.PlaceBets(batch with { Id = Guid.CreateVersion7() }, other);

        Assert.Equal(83, await lottery.CountBets(draw));
    }

    [Fact]
    public async Task Batches_that_were_on_their_way_together_when_the_gateway_died_are_each_stored_once()
    {
        var draw = await lottery.OpenFreshDraw();
        var (agency, other) = (lottery.NewAgency(), Agencies.NewOrigin());
        BetBatch[] batches = [.. Enumerable.Range(1, 5).Select(Bets.Some)];
        foreach (var batch in batches)
            await agency.PlaceBets(batch);

        foreach (var batch in batches)
        {
            var again = batch with { Id = Guid.CreateVersion7() };
            await agency.PlaceBets(again, other);
            await agency.PlaceBets(again, other); // whose answer got lost on the way to its gateway
        }

        Assert.Equal(1 + 2 + 3 + 4 + 5, await lottery.CountBets(draw));
    }

    [Theory]
    [InlineData(true, 40)]
    [InlineData(false, 80)]
    public async Task The_same_bets_through_another_gateway_are_what_the_first_one_says(bool isMissed, int stored)
    {
        var draw = await lottery.OpenFreshDraw();
        var agency = lottery.NewAgency();
        var carrier = new ScriptedCarrier(isMissed);
        var batch = Bets.Some(40);
        await agency.PlaceBets(batch, lottery.OriginOf(carrier));
        await agency.PlaceBets(Bets.Some(3), lottery.OriginOf(new ScriptedCarrier(isMissed)));

        var again = batch with { Id = Guid.CreateVersion7() };
        await agency.PlaceBets(again, Agencies.NewOrigin());

        Assert.Equal((agency.Number(), batch.Id, again.Id), Assert.Single(carrier.Asked));
        Assert.Equal(stored + 3, await lottery.CountBets(draw));
    }

    [Fact]
    public async Task What_is_wrong_with_postgres_crosses_to_the_gateway()
    {
        await lottery.OpenFreshDraw();

        var failure = await Assert.ThrowsAsync<Npgsql.PostgresException>(
            () => lottery.NewAgency().PlaceBets(Bets.Of(("Ana\0", "Pérez", "1", "1999-03-17", 1))));

        Assert.Contains("22021", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agency_that_missed_a_draw_is_ready_for_the_next_one_although_it_has_no_bets()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        await lottery.HoldWith(agencies);
        await lottery.HoldWith(lottery.NewAgencies());

        Assert.Equal(draw + 2, await agencies[0].DeclareReady());
    }

    [Fact]
    public async Task The_same_bets_through_one_gateway_are_two_batches_to_a_new_activation_too()
    {
        var draw = await lottery.OpenFreshDraw();
        var agency = lottery.NewAgency();
        var batch = Bets.Some(40);
        await agency.PlaceBets(batch);
        await agency.Cast<IGrainManagementExtension>().DeactivateOnIdle();

        await agency.PlaceBets(batch with { Id = Guid.CreateVersion7() });

        Assert.Equal(80, await lottery.CountBets(draw));
    }

    [Fact]
    public async Task The_same_bets_in_the_next_draw_are_a_new_batch()
    {
        var draw = await lottery.OpenFreshDraw();
        var agencies = lottery.NewAgencies();
        var batch = Bets.Some(40);
        await agencies[0].PlaceBets(batch);
        await lottery.HoldWith(agencies);

        await agencies[0].PlaceBets(batch with { Id = Guid.CreateVersion7() }, origin: Agencies.NewOrigin());

        Assert.Equal(40, await lottery.CountBets(draw + 1));
    }

    [Fact]
    public async Task A_batch_that_cannot_be_stored_takes_none_of_its_neighbours_with_it()
    {
        var draw = await lottery.OpenFreshDraw();
        var writer = lottery.SiloService<BetWriter>();
        var unstorable = Bets.Of(("Ana\0", "Pérez", "1", "1999-03-17", 1));

        var stored = Enumerable.Range(1, 20).Select(agency => writer.Add(agency, Bets.Some(10), Agencies.NewOrigin(), TestContext.Current.CancellationToken)).ToList();
        var failed = writer.Add(21, unstorable, Agencies.NewOrigin(), TestContext.Current.CancellationToken);
        stored.AddRange(Enumerable.Range(22, 20).Select(agency => writer.Add(agency, Bets.Some(10), Agencies.NewOrigin(), TestContext.Current.CancellationToken)));

        await Assert.ThrowsAnyAsync<Exception>(() => failed);
        Assert.All(await Task.WhenAll(stored), receipt => Assert.Equal(draw, receipt?.Draw));
        Assert.Equal(400, await lottery.CountBets(draw));
    }

    private sealed class ScriptedCarrier(bool isMissed) : IBetCarrier
    {
        public List<(long Agency, Guid Batch, Guid Repetition)> Asked { get; } = [];

        public Task<bool> MayHaveMissed(int agency, Guid batch, Guid repetition)
        {
            Asked.Add((agency, batch, repetition));
            return Task.FromResult(isMissed);
        }
    }
}
