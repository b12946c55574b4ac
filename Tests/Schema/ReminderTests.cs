using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>The statements of reminders, through the provider of Orleans that reads them.</summary>
[Collection(nameof(SiloFixture))]
public sealed class ReminderTests(SiloFixture fixture)
{
    private IReminderTable Table => fixture.Silo.Services.GetRequiredService<IReminderTable>();

    [Fact]
    public async Task A_grain_registers_finds_and_forgets_its_reminders()
    {
        var grain = fixture.Silo.Grains.GetGrain<IStockGrain>(Guid.NewGuid());

        await grain.Remind("weigh", TimeSpan.FromMinutes(5));
        await grain.Remind("count", TimeSpan.FromMinutes(5));
        await grain.Remind("weigh", TimeSpan.FromMinutes(10));
        Assert.Equal(["count", "weigh"], await grain.Reminders());

        await grain.Forget("weigh");
        Assert.Equal(["count"], await grain.Reminders());
    }

    [Fact]
    public async Task A_reminder_is_read_back_as_it_was_written()
    {
        var entry = NewEntry(TimeSpan.FromDays(40));

        entry.ETag = await Table.UpsertRow(entry);

        AssertSame(entry, await Table.ReadRow(entry.GrainId, entry.ReminderName));
        AssertSame(entry, Assert.Single((await Table.ReadRows(entry.GrainId)).Reminders));
    }

    [Fact]
    public async Task A_reminder_that_is_not_there_is_not_found()
    {
        var entry = NewEntry(TimeSpan.FromMinutes(1));

        Assert.Null(await Table.ReadRow(entry.GrainId, entry.ReminderName));
        Assert.Empty((await Table.ReadRows(entry.GrainId)).Reminders);
        Assert.False(await Table.RemoveRow(entry.GrainId, entry.ReminderName, "1"));
    }

    [Fact]
    public async Task A_reminder_is_removed_by_its_current_version_only()
    {
        var entry = NewEntry(TimeSpan.FromMinutes(1));
        var stale = await Table.UpsertRow(entry);
        entry.Period = TimeSpan.FromMinutes(2);
        var current = await Table.UpsertRow(entry);

        Assert.False(await Table.RemoveRow(entry.GrainId, entry.ReminderName, stale));
        Assert.Equal(entry.Period, (await Table.ReadRow(entry.GrainId, entry.ReminderName)).Period);
        Assert.True(await Table.RemoveRow(entry.GrainId, entry.ReminderName, current));
        Assert.False(await Table.RemoveRow(entry.GrainId, entry.ReminderName, current));
    }

    [Fact]
    public async Task Ranges_of_the_ring_hold_the_reminders_of_their_hashes()
    {
        var all = Enumerable.Range(0, 32).Select(_ => NewEntry(TimeSpan.FromMinutes(1))).ToArray();
        foreach (var entry in all) await Table.UpsertRow(entry);
        var hashes = all.Select(entry => entry.GrainId.GetUniformHashCode()).Order().ToArray();

        // An entry's own hash, too: the begin is outside of the range, the end inside.
        uint[] bounds = [0, hashes[7], int.MaxValue, 0x8000_0000, hashes[24], uint.MaxValue];
        foreach (var begin in bounds)
        {
            foreach (var end in bounds) await AssertRangeAsync(all, begin, end);
        }
    }

    [Fact]
    public async Task Reminders_of_another_service_are_left_alone()
    {
        var entry = NewEntry(TimeSpan.FromMinutes(1));
        await Table.UpsertRow(entry);
        await fixture.Database.ExecuteAsync(
            $"update OrleansRemindersTable set ServiceId = 'another' where GrainId = '{entry.GrainId}'", TestContext.Current.CancellationToken);

        Assert.Null(await Table.ReadRow(entry.GrainId, entry.ReminderName));
        Assert.DoesNotContain((await Table.ReadRows(0, 0)).Reminders, read => read.GrainId == entry.GrainId);
    }

    private async Task AssertRangeAsync(ReminderEntry[] all, uint begin, uint end)
    {
        var read = (await Table.ReadRows(begin, end)).Reminders.Select(entry => entry.GrainId).ToHashSet();
        foreach (var entry in all)
            Assert.True(IsBetween(entry.GrainId.GetUniformHashCode(), begin, end) == read.Contains(entry.GrainId), $"{entry.GrainId} in ({begin}, {end}]");
    }

    /// <summary>On the ring: from a begin that is not before the end, the range goes past the ring's end.</summary>
    private static bool IsBetween(uint hash, uint begin, uint end) => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;

    private static ReminderEntry NewEntry(TimeSpan period) => new()
    {
        GrainId = GrainId.Create("ring", Guid.NewGuid().ToString()),
        ReminderName = "weigh",
        StartAt = new DateTime(2031, 5, 6, 7, 8, 9, 123, DateTimeKind.Utc),
        Period = period,
    };

    private static void AssertSame(ReminderEntry expected, ReminderEntry actual) => Assert.Equal(
        (expected.GrainId, expected.ReminderName, expected.StartAt, expected.StartAt.Kind, expected.Period, expected.ETag),
        (actual.GrainId, actual.ReminderName, actual.StartAt, actual.StartAt.Kind, actual.Period, actual.ETag));
}
