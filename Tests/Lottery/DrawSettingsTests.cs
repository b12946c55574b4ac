using Granero.Lottery;
using Granero.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Lottery;

/// <summary>The settings under <c>Lottery:</c>, and draws that fell due while no silo was there.</summary>
public sealed class DrawSettingsTests
{
    [Theory]
    [InlineData("Lottery:Agencies", "0", "Lottery:Agencies is 0")]
    [InlineData("Lottery:WinningNumber", "-1", "Lottery:WinningNumber is '-1'")]
    [InlineData("Lottery:WinningNumber", "lucky", "Lottery:WinningNumber is 'lucky'")]
    [InlineData("Lottery:Deadline", "00:00:00", "Lottery:Deadline is 00:00:00")]
    public void A_setting_that_makes_no_sense_is_named(string key, string value, string sentence)
    {
        var options = new LotteryOptions();
        var property = typeof(LotteryOptions).GetProperty(key["Lottery:".Length..])!;
        property.SetValue(options, property.PropertyType == typeof(string) ? value
            : property.PropertyType == typeof(int) ? int.Parse(value, null) : TimeSpan.Parse(value, null));

        Assert.StartsWith(sentence, options.Validate(null, options).FailureMessage);
    }

    [Fact]
    public async Task A_draw_with_a_deadline_is_held_with_whoever_is_ready()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await Deploy(database, ("Lottery:Deadline", "00:00:00.050"));
        await Agency(cluster, 1).PlaceBets(Bets.Some(1));

        await Agency(cluster, 1).DeclareReady();

        Assert.True(await cluster.Client.GetGrain<IDrawGrain>(1).WaitUntilHeld(TimeSpan.FromSeconds(20)));
        Assert.Equal(2, await Agency(cluster, 2).PlaceBets(Bets.Some(1)));
    }

    [Theory]
    [InlineData("01:00:00")]
    [InlineData("100.00:00:00")] // longer than a timer takes
    public async Task A_draw_before_its_deadline_waits(string deadline)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await Deploy(database, ("Lottery:Deadline", deadline));

        await Agency(cluster, 1).DeclareReady();
        Assert.False(await cluster.Client.GetGrain<IDrawGrain>(1).HoldIfDue());

        await database.Execute("update ready_agencies set ready_at = now() - interval '100 days'");
        Assert.True(await cluster.Client.GetGrain<IDrawGrain>(1).HoldIfDue());
    }

    [Fact]
    public async Task A_random_number_is_stored_with_the_winners_that_it_makes()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await Deploy(database, ("Lottery:WinningNumber", "random"));
        await Agency(cluster, 1).PlaceBets(Bets.Of([.. Enumerable.Range(0, LotteryOptions.RandomNumbers)
            .Select(number => ("A", "B", $"document of {number}", "2000-01-01", number))]));

        for (var agency = 1; agency <= LotteryCluster.Agencies; agency++)
            await Agency(cluster, agency).DeclareReady();
        Assert.True(await cluster.Client.GetGrain<IDrawGrain>(1).WaitUntilHeld(TimeSpan.FromSeconds(20)));

        var number = Assert.Single(await database.Rows("select winning_number from draws where draw = 1"));
        Assert.Equal([$"document of {number}"], (await Agency(cluster, 1).AskWinners()).Documents!);
    }

    [Fact]
    public async Task A_draw_that_fell_due_while_no_silo_was_there_is_held_when_one_starts()
    {
        await using var database = await TestDatabase.CreateAsync();
        for (var agency = 1; agency <= LotteryCluster.Agencies; agency++)
            await database.Execute($"insert into ready_agencies values (1, {agency}, now())");

        await using var cluster = await Deploy(database);

        Assert.True(await cluster.Client.GetGrain<IDrawGrain>(1).WaitUntilHeld(TimeSpan.FromSeconds(20))); // which does not hold it
        Assert.Equal(["2"], await database.Rows("select draw from draws where held_at is null"));
    }

    private static IAgencyGrain Agency(InProcessTestCluster cluster, int number) => cluster.Client.GetGrain<IAgencyGrain>(number);

    private static async Task<InProcessTestCluster> Deploy(TestDatabase database, params (string Key, string Value)[] settings)
    {
        var cluster = LotteryCluster.Build(database, silos: 1, settings);
        await cluster.DeployAsync();
        return cluster;
    }
}
