using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>The statements of grain storage, through the provider of Orleans that reads them.</summary>
[Collection(nameof(SiloFixture))]
public sealed class GrainStorageTests(SiloFixture fixture)
{
    private const string StateName = "stock";

    private static readonly GrainType AnyKey = GrainType.Create("any-key");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IGrainStorage Storage => StorageNamed("Default");

    [Fact]
    public async Task State_that_was_never_written_does_not_exist()
    {
        var read = await ReadAsync(NewKey());

        Assert.False(read.RecordExists);
        Assert.Null(read.ETag);
    }

    [Fact]
    public async Task Each_write_raises_the_version_and_is_read_back()
    {
        var key = NewKey();
        var state = new GrainState<Stock>(new(1));

        await Storage.WriteStateAsync(StateName, key, state);
        Assert.Equal("1", state.ETag);
        state.State = new(2);
        await Storage.WriteStateAsync(StateName, key, state);

        var read = await ReadAsync(key);
        Assert.Equal((new Stock(2), "2", true), (read.State, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task A_write_with_a_stale_version_changes_nothing()
    {
        var key = NewKey();
        await WriteAsync(key, 1);
        var stale = await ReadAsync(key);
        var current = await ReadAsync(key);
        current.State = new(2);
        await Storage.WriteStateAsync(StateName, key, current);

        stale.State = new(3);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(StateName, key, stale));

        Assert.Equal(new Stock(2), (await ReadAsync(key)).State);
    }

    [Fact]
    public async Task A_second_first_write_is_refused()
    {
        var key = NewKey();
        await WriteAsync(key, 1);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(key, 2));

        Assert.Equal(new Stock(1), (await ReadAsync(key)).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_first_writes_at_once_exactly_one_wins(bool isTextKey)
    {
        for (var round = 0; round < 20; round++)
        {
            var key = isTextKey ? NewKey() : GrainId.Create(AnyKey, GrainIdKeyExtensions.CreateGuidKey(Guid.NewGuid()));
            var winner = await RaceAsync(8, tons => WriteAsync(key, tons));

            var read = await ReadAsync(key);
            Assert.Equal((new Stock(winner), "1"), (read.State, read.ETag));
        }
    }

    [Fact]
    public async Task Of_updates_at_once_exactly_one_wins()
    {
        var key = NewKey();
        await WriteAsync(key, -1);
        var states = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(key)));

        var winner = await RaceAsync(states.Length, tons =>
        {
            states[tons].State = new(tons);
            return Storage.WriteStateAsync(StateName, key, states[tons]);
        });

        var read = await ReadAsync(key);
        Assert.Equal((new Stock(winner), "2"), (read.State, read.ETag));
    }

    [Fact]
    public async Task Cleared_state_is_empty_and_keeps_its_version()
    {
        var key = NewKey();
        var state = await WriteAsync(key, 1);

        await Storage.ClearStateAsync(StateName, key, state);

        var read = await ReadAsync(key);
        Assert.Equal((new Stock(0), "2"), (read.State, read.ETag));
        read.State = new(2);
        await Storage.WriteStateAsync(StateName, key, read);
        Assert.Equal("3", read.ETag);
    }

    [Fact]
    public async Task Deleted_state_is_gone_and_can_be_written_for_the_first_time_again()
    {
        var key = NewKey();
        var deleting = StorageNamed(TestSilo.DeletingStorage);
        var state = await WriteAsync(key, 1);

        await deleting.ClearStateAsync(StateName, key, state);

        Assert.Null(state.ETag);
        Assert.False((await ReadAsync(key)).RecordExists);
        Assert.Equal("1", (await WriteAsync(key, 2)).ETag);
    }

    [Theory]
    [InlineData("Default")]
    [InlineData(TestSilo.DeletingStorage)]
    public async Task Clearing_with_a_stale_version_changes_nothing(string storage)
    {
        var key = NewKey();
        var stale = await WriteAsync(key, 1);
        var current = await ReadAsync(key);
        current.State = new(2);
        await Storage.WriteStateAsync(StateName, key, current);

        await Assert.ThrowsAsync<InconsistentStateException>(() => StorageNamed(storage).ClearStateAsync(StateName, key, stale));

        Assert.Equal(new Stock(2), (await ReadAsync(key)).State);
    }

    [Fact]
    public async Task Writing_what_was_deleted_is_refused()
    {
        var key = NewKey();
        var state = await WriteAsync(key, 1);
        await StorageNamed(TestSilo.DeletingStorage).ClearStateAsync(StateName, key, await ReadAsync(key));

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(StateName, key, state));

        Assert.False((await ReadAsync(key)).RecordExists);
    }

    [Fact]
    public async Task Keys_of_every_kind_and_names_of_states_do_not_meet()
    {
        var guid = Guid.NewGuid();
        IdSpan[] keys =
        [
            IdSpan.Create("ñandú 😀"), GrainIdKeyExtensions.CreateGuidKey(guid), GrainIdKeyExtensions.CreateGuidKey(guid, "a"),
            GrainIdKeyExtensions.CreateGuidKey(guid, "b"), GrainIdKeyExtensions.CreateIntegerKey(-7), GrainIdKeyExtensions.CreateIntegerKey(-7, "a"),
            GrainIdKeyExtensions.CreateIntegerKey(long.MaxValue), GrainIdKeyExtensions.CreateIntegerKey(7, "b"), IdSpan.Create(new string('k', 512)),
        ];
        var identities = keys.SelectMany(key => new[] { (Id: GrainId.Create(AnyKey, key), State: "one"), (Id: GrainId.Create(AnyKey, key), State: "two") }).ToArray();

        for (var i = 0; i < identities.Length; i++)
            await Storage.WriteStateAsync(identities[i].State, identities[i].Id, new GrainState<Stock>(new(i)));

        for (var i = 0; i < identities.Length; i++)
        {
            var read = new GrainState<Stock>();
            await Storage.ReadStateAsync(identities[i].State, identities[i].Id, read);
            Assert.Equal((new Stock(i), "1"), (read.State, read.ETag));
        }
    }

    [Fact]
    public async Task A_grain_finds_its_state_again_whatever_its_key()
    {
        var id = Guid.NewGuid();
        IStockGrain[] grains =
        [
            fixture.Silo.Grains.GetGrain<IStockGrain>($"store {id}", null), fixture.Silo.Grains.GetGrain<IStockGrain>(id), fixture.Silo.Grains.GetGrain<IStockGrain>(42),
            fixture.Silo.Grains.GetGrain<IStockGrain>(id, "north", null), fixture.Silo.Grains.GetGrain<IStockGrain>(42, "north", null),
        ];

        for (var i = 0; i < grains.Length; i++)
        {
            await grains[i].Fill(i + 1);
            await grains[i].Deactivate();
        }

        for (var i = 0; i < grains.Length; i++) Assert.Equal(i + 1, await grains[i].Weigh());
        await grains[0].Clear();
        await grains[0].Deactivate();
        Assert.Equal(0, await grains[0].Weigh());
    }

    [Fact]
    public async Task State_is_stored_as_json_without_type_names()
    {
        await fixture.Silo.Grains.GetGrain<IStockGrain>("json", null).Fill(7);

        Assert.Equal(["""{"Tons":7}"""], await fixture.Database.QueryAsync<string>(
            "select convert_from(PayloadBinary, 'UTF8') from OrleansStorage where GrainIdExtensionString = 'json'", Cancellation));
    }

    /// <summary>Lets all writers go at once; all but one must be told that they lost.</summary>
    /// <returns>The number of the one that won.</returns>
    private static async Task<int> RaceAsync(int writers, Func<int, Task> write)
    {
        var results = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
            (Writer: writer, Lost: await Record.ExceptionAsync(() => write(writer))))));

        Assert.All(results.Where(result => result.Lost is not null), result => Assert.IsType<InconsistentStateException>(result.Lost));
        return Assert.Single(results, result => result.Lost is null).Writer;
    }

    private static GrainId NewKey() => GrainId.Create("stock", $"key {Guid.NewGuid()}");

    private IGrainStorage StorageNamed(string name) => fixture.Silo.Services.GetRequiredKeyedService<IGrainStorage>(name);

    private async Task<GrainState<Stock>> ReadAsync(GrainId key)
    {
        var state = new GrainState<Stock>();
        await Storage.ReadStateAsync(StateName, key, state);
        return state;
    }

    private async Task<GrainState<Stock>> WriteAsync(GrainId key, int tons)
    {
        var state = new GrainState<Stock>(new(tons));
        await Storage.WriteStateAsync(StateName, key, state);
        return state;
    }
}
