using Granero.Bench.Load;
using Granero.Bench.Lottery;
using Granero.Bench.Servers;
using Granero.Tests.Support;
using Npgsql;

namespace Granero.Bench;

/// <summary>The servers under test, the agencies' bets, and the phases that are run with them.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private const int DistinctBets = 200_000;

    private readonly BenchOptions options;
    private readonly NpgsqlDataSource postgres;
    private readonly LotteryDataSet data;

    private Rig(BenchOptions options, NpgsqlDataSource postgres)
    {
        (this.options, this.postgres) = (options, postgres);
        data = options.Data is null ? MakeData() : LotteryDataSet.Read(options.Data);
        if (data.Agencies.Count != options.Agencies)
            throw new BenchException($"{options.Data} holds {data.Agencies.Count} agencies, and --agencies says {options.Agencies}.");
        Servers = new ServerProcesses(options.RunDirectory);
        Books = new Books(postgres);
    }

    public ServerProcesses Servers { get; }

    public Books Books { get; }

    /// <summary>Connects, and ends whatever draw is open, so that the first phase finds an empty one.</summary>
    public static async Task<Rig> OpenAsync(BenchOptions options)
    {
        var server = PostgresUrl.Parse(options.Postgres);
        server.MaxPoolSize = options.Agencies + 5;
        var rig = new Rig(options, NpgsqlDataSource.Create(server));
        // An agency that has not heard of its last draw would have its next "ready" taken for a repetition of that one's.
        await Task.WhenAll(rig.data.Agencies.Select(agency => new TlvClient(options.Target, agency).AskAsync(TlvPacket.AskWinners(agency.Agency))));
        await rig.EndDrawAsync();
        await rig.Books.OpenAsync();
        return rig;
    }

    /// <summary>The agencies' shares of <paramref name="bets"/>; with real files each agency's own bets, <paramref name="times"/> over.</summary>
    public IReadOnlyList<BetSequence> Share(int bets, int batch, int times = 1) => options.Data is null
        ? [.. data.Agencies.Select((agency, i) => new BetSequence(agency, (bets * times / options.Agencies) + (i < bets * times % options.Agencies ? 1 : 0), batch))]
        : [.. data.Agencies.Select(agency => new BetSequence(agency, agency.Bets.Count * times, batch))];

    /// <summary>The first agency sends all bets and the others none.</summary>
    public IReadOnlyList<BetSequence> OnlyFirst(int bets, int batch) =>
        [.. data.Agencies.Select((agency, i) => new BetSequence(agency, i == 0 ? bets : 0, batch))];

    /// <summary>A draw: the bets on the clock, then the winners, then the books.</summary>
    public async Task<Phase> RunLotteryAsync(string name, Traffic traffic, bool connectionPerRequest = false)
    {
        await CheckpointAsync();
        var loads = traffic.Connect(options.Target, keep: !connectionPerRequest);
        var phase = await MeasureAsync(name, loads);
        var draw = await traffic.HoldDrawAsync(loads);
        await Books.CloseAsync(traffic.Agencies, draw.Winners);
        return phase with { Draw = draw };
    }

    /// <summary>The same bets by raw binary COPY.</summary>
    public async Task<Phase> RunCopyAsync(string name, IReadOnlyList<BetSequence> agencies)
    {
        await CopyLoad.CreateTableAsync(postgres);
        await CheckpointAsync();
        var loads = agencies.Select(bets => new CopyLoad(postgres.OpenConnection(), bets)).ToArray();
        var phase = await MeasureAsync(name, loads);
        foreach (var load in loads) load.Dispose();
        await CopyLoad.CheckTableAsync(postgres, phase.Load.Items);
        await CopyLoad.DropTableAsync(postgres);
        return phase;
    }

    /// <summary>All agencies say that they are ready, without a bet, and hear of the draw.</summary>
    public Task EndDrawAsync()
    {
        var nothing = new Traffic(new TlvProtocol(), Share(0, options.Batch));
        return nothing.HoldDrawAsync(nothing.Connect(options.Target, keep: true));
    }

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    private LotteryDataSet MakeData()
    {
        // Two batches at the least: one that repeats the agency's last, bet for bet, may be taken for a client that sends again.
        var least = 2 * Math.Max(options.Batch, options.AckEvery) * options.Agencies;
        return LotteryDataSet.Make(options.Agencies, Math.Max(least, Math.Min(options.Bets, DistinctBets)));
    }

    private async Task<Phase> MeasureAsync(string name, IReadOnlyList<ILoad> loads)
    {
        using var generator = new LoadGenerator(name, loads);
        var before = Servers.Measure();
        var result = await generator.RunAsync();
        var after = Servers.Measure();
        return new Phase(name, result, Servers.Names.ToDictionary(process => process, process => after[process].CpuSeconds - before[process].CpuSeconds));
    }

    /// <summary>No phase is to pay for what the one before it left to be written.</summary>
    private async Task CheckpointAsync()
    {
        try
        {
            await using var command = postgres.CreateCommand("checkpoint");
            await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            await Console.Error.WriteLineAsync("This user may not run CHECKPOINT: a phase may pay for the writes of the one before it.");
        }
    }
}
