using System.Globalization;
using Granero.Lottery;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Support;

[CollectionDefinition(Name)]
public sealed class LotteryCollection : ICollectionFixture<LotteryCluster>
{
    public const string Name = "lottery";
}

/// <summary>
/// One silo with the lottery's grains on a database of its own, for all tests of the collection. Each test opens a fresh draw
/// and takes agencies that no other test has.
/// </summary>
public sealed class LotteryCluster : IAsyncLifetime
{
    public const int Agencies = 3;

    private int _lastAgency;

    private TestDatabase? _database;
    private InProcessTestCluster? _cluster;

    internal TestDatabase Database => _database ?? throw PostgresServer.Missing();

    internal InProcessTestCluster Cluster => _cluster ?? throw PostgresServer.Missing();

    public async ValueTask InitializeAsync()
    {
        if (!PostgresServer.IsGiven)
            return; // a fixture cannot skip: the tests do, when they ask for the cluster
        _database = await TestDatabase.CreateAsync();
        _cluster = Build(_database, silos: 1);
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    internal static InProcessTestCluster Build(TestDatabase database, short silos, params (string Key, string Value)[] settings) =>
        SiloCluster.Build(database, silos, [("Lottery:Agencies", Agencies.ToString(CultureInfo.InvariantCulture)), .. settings]);

    internal T SiloService<T>() where T : notnull => Cluster.Silos[0].SiloHost.Services.GetRequiredService<T>();

    /// <summary>A gateway that lives; whoever keeps <paramref name="carrier"/> keeps it alive.</summary>
    internal string OriginOf(IBetCarrier carrier) => Cluster.Client.CreateObjectReference<IBetCarrier>(carrier).GetGrainId().ToString();

    internal IDrawGrain Draw(int draw) => Cluster.Client.GetGrain<IDrawGrain>(draw);

    internal IAgencyGrain NewAgency() => Cluster.Client.GetGrain<IAgencyGrain>(Interlocked.Increment(ref _lastAgency));

    internal IAgencyGrain[] NewAgencies(int count = Agencies) => [.. Enumerable.Range(0, count).Select(_ => NewAgency())];

    /// <summary>Leaves whatever the test before did behind: a draw that nobody has touched is the open one.</summary>
    internal async Task<int> OpenFreshDraw()
    {
        await Database.Execute(
            """
            update draws set held_at = now(), winning_number = 0 where held_at is null;
            insert into draws (draw) select max(draw) + 1 from draws;
            """);
        return int.Parse((await Database.Rows("select draw from draws where held_at is null"))[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Makes the agencies ready, and returns when the draw that this makes due has been held.</summary>
    internal async Task HoldWith(params IAgencyGrain[] agencies)
    {
        var draws = await Task.WhenAll(agencies.Select(agency => agency.DeclareReady()));
        Assert.True(await Draw(draws[0]).WaitUntilHeld(TimeSpan.FromSeconds(20)));
    }

    /// <summary>All agencies are ready as far as the rows say, and the grain that should act on it has not heard of it.</summary>
    internal Task MakeReadyInTheRows(int draw, params IAgencyGrain[] agencies) => Database.Execute(string.Join(
        '\n', agencies.Select(agency => $"insert into ready_agencies values ({draw}, {agency.Number()}, now());")));

    internal async Task<int> CountBets(int draw) =>
        int.Parse((await Database.Rows($"select count(*) from bets where draw = {draw}"))[0], CultureInfo.InvariantCulture);

    /// <summary>The reminders of a draw, as their table has them.</summary>
    internal Task<string[]> Reminders(int draw) => Database.Rows(
        $"select remindername from orleansreminderstable where grainid = '{Draw(draw).GetGrainId()}'");

    /// <summary>The draw's reminder ticks.</summary>
    internal Task Tick(int draw) =>
        Cluster.Client.GetGrain<IRemindable>(Draw(draw).GetGrainId()).ReceiveReminder("hold", default);
}

internal static class Agencies
{
    private static readonly string Gateway = NewOrigin();

    /// <summary>A gateway that nobody can ask, as one that has died.</summary>
    public static string NewOrigin() => $"sys.client/{Guid.NewGuid():N}+{Guid.NewGuid():N}";

    /// <summary>Bets that come through one gateway.</summary>
    public static Task<int> PlaceBets(this IAgencyGrain agency, BetBatch batch) => agency.PlaceBets(batch, Gateway);

    public static long Number(this IAgencyGrain agency) => agency.GetPrimaryKeyLong();
}
