using Granero.Lottery;
using Granero.Tests.Support;
using Npgsql;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Lottery;

/// <summary>Two silos, of which one is killed at the worst moment.</summary>
public sealed class SiloDeathTests : IAsyncLifetime
{
    private const int Batches = 60;
    private const int BetsInABatch = 50;

    private TestDatabase _database = null!;
    private InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _cluster = LotteryCluster.Build(_database, silos: 2);
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Bets_go_on_when_a_silo_is_killed_and_every_batch_is_stored_once()
    {
        var agencies = Enumerable.Range(1, LotteryCluster.Agencies).Select(i => _cluster.Client.GetGrain<IAgencyGrain>(i)).ToArray();
        var halfway = new CountdownEvent(agencies.Length * Batches / 2);

        async Task Bet(IAgencyGrain agency)
        {
            for (var i = 0; i < Batches; i++)
            {
                await PlaceUntilAnswered(agency, Bets.Some(BetsInABatch));
                if (!halfway.IsSet)
                    halfway.Signal();
            }
        }

        var betting = Task.WhenAll(agencies.Select(Bet));
        await Task.Run(halfway.Wait, TestContext.Current.CancellationToken);
        await _cluster.KillSiloAsync(_cluster.Silos[1]);
        await betting;

        var expected = Enumerable.Range(1, agencies.Length).Select(agency => $"{agency}|{Batches * BetsInABatch}");
        Assert.Equal(expected, await _database.Rows("select agency, count(*) from bets group by agency order by agency"));
    }

    [Fact]
    public async Task A_draw_whose_silo_dies_between_all_ready_and_held_is_held_by_another()
    {
        // Keeps the draw from being held, as a batch that is being stored does.
        await using var blocking = new NpgsqlConnection(_database.ConnectionString);
        await blocking.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await blocking.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var batch = new NpgsqlBatch(blocking, transaction) { BatchCommands = { DrawLock.Shared() } })
            await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        for (var agency = 1; agency <= LotteryCluster.Agencies; agency++)
            await _cluster.Client.GetGrain<IAgencyGrain>(agency).DeclareReady();

        var draw = _cluster.Client.GetGrain<IDrawGrain>(1);
        await _cluster.KillSiloAsync(await SiloOf(draw));
        await KillItsSession();
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["1"], await _database.Rows("select draw from draws where held_at is null"));
        Assert.Equal(["hold"], await _database.Rows("select remindername from orleansreminderstable where remindername = 'hold'"));

        await Answered(() => _cluster.Client.GetGrain<IRemindable>(draw.GetGrainId()).ReceiveReminder("hold", default));

        Assert.Equal(["2"], await _database.Rows("select draw from draws where held_at is null"));
        Assert.Empty(await _database.Rows("select remindername from orleansreminderstable where remindername = 'hold'"));
    }

    private static Task PlaceUntilAnswered(IAgencyGrain agency, BetBatch batch) => Answered(() => agency.PlaceBets(batch));

    /// <summary>A gateway's patience: what failed on a silo's death is asked again, with the same ids.</summary>
    private static async Task Answered(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception e) when (e is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException)
            {
                await Task.Yield();
            }
        }
    }

    private async Task<InProcessSiloHandle> SiloOf(IDrawGrain draw)
    {
        var address = await _cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(draw);
        return _cluster.Silos.Single(silo => silo.SiloAddress.Equals(address));
    }

    /// <summary>A silo killed within this process could leave its statement running, which a dead process does not.</summary>
    private Task KillItsSession() => _database.Execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'
        """);
}
