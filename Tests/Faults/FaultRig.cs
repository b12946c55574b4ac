using Granero.Tests.EndToEnd;
using Granero.Tests.Faults.Load;

namespace Granero.Tests.Faults;

/// <summary>A Granero of real processes, under load, with whoever starts again what dies. What a run and each measurement begin with.</summary>
internal sealed class FaultRig : IAsyncDisposable
{
    private static readonly TimeSpan FinishWithin = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly IDomainLoad[] _domains;
    private readonly Surroundings _surroundings;
    private readonly Task _load;
    private bool _isForgotten;

    private FaultRig(GraneroProcesses granero, Surroundings surroundings, int seed)
    {
        (Granero, _surroundings) = (granero, surroundings);
        Supervisor = new(granero);
        Injector = new(granero, Supervisor, surroundings);
        _domains = Domains.All(new(granero, Calls, surroundings.Folder, seed, surroundings.Engine));
        _load = Task.WhenAll(_domains.Select(domain => domain.RunAsync(_stop.Token)));
    }

    public GraneroProcesses Granero { get; }

    public Supervisor Supervisor { get; }

    public FaultInjector Injector { get; }

    public CallLog Calls { get; } = new();

    /// <summary>What this machine cannot do, and the rig goes without.</summary>
    public IReadOnlyList<string> Missing => _surroundings.Missing;

    /// <summary>Ends, with the exception, when a client gave up.</summary>
    public Task Load => _load;

    /// <param name="silos">How many.</param>
    /// <param name="seed">What the load sends.</param>
    /// <param name="withDisk">Whether its files have to be on a disk that can be filled.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FaultRig> StartAsync(int silos, int seed, bool withDisk, CancellationToken cancellationToken)
    {
        var surroundings = await Surroundings.FindAsync(withDisk);
        var size = new GraneroSize(LotteryLoad.Agencies, silos, TcpGateways: 2, RestGateways: 2, GrpcGateways: 2)
        {
            Files = surroundings.Files,
            Media = surroundings.Media,
            SiloSettings = surroundings.SiloSettings,
        };
        var granero = await GraneroProcesses.StartAsync(size, surroundings.Network, cancellationToken);
        await surroundings.JoinContainersAsync(granero);
        return new(granero, surroundings, seed);
    }

    /// <summary>Lets the clients finish what they have begun, and compares what they were told with what there is.</summary>
    public async Task<IReadOnlyList<(string Domain, BookLine Line)>> CloseBooksAsync(CancellationToken cancellationToken)
    {
        await Supervisor.BecomeReadyAsync(cancellationToken);
        await _stop.CancelAsync();
        await _load.WaitAsync(FinishWithin, cancellationToken);
        var books = new List<(string, BookLine)>();
        foreach (var domain in _domains)
            books.AddRange((await domain.CheckBooksAsync()).Select(line => (domain.Name, line)));
        return books;
    }

    /// <summary>While the disk is full, whoever uploads is told so; and nobody at any other time.</summary>
    public BookLine CheckRefusals(IReadOnlyList<InjectedFault> faults)
    {
        InjectedFault[] full = [.. faults.Where(fault => fault is { Planned.Kind: FaultKind.FullDisk, Skipped: "" })];
        Call[] refused = [.. Calls.Calls.Where(call => call.Outcome == Outcome.NoRoom)];
        Call[] meanwhile = [.. Calls.Calls.Where(call => Domains.Uploads.Contains(call.Domain) && call.Outcome is Outcome.Done or Outcome.NoRoom && full.Any(call.IsWithin))];
        var refusedMeanwhile = meanwhile.Count(refused.Contains);
        return new(
            "uploads refused by a full disk", meanwhile.Length, refusedMeanwhile,
            Lost: full.Count(fault => !refused.Any(call => call.IsDuring(fault))),
            Wrong: refused.Count(call => !full.Any(call.IsDuring)) + meanwhile.Length - refusedMeanwhile);
    }

    /// <summary>Journals and logs, for whoever has to find out what happened.</summary>
    /// <returns>The folder, which is kept.</returns>
    public async Task<string> KeepEvidenceAsync()
    {
        foreach (var process in Granero.Silos.Concat(Granero.Gateways))
            await File.WriteAllTextAsync(Path.Combine(_surroundings.Folder, $"{process.Name}.log"), process.Log);
        return _surroundings.Folder;
    }

    public void ForgetEvidence() => _isForgotten = true;

    public async ValueTask DisposeAsync()
    {
        await Supervisor.DisposeAsync();
        await RemoveContainersAsync();
        await Granero.DisposeAsync();
        foreach (var domain in _domains)
            domain.Dispose();
        await _surroundings.DisposeAsync();
        if (_isForgotten)
            Directory.Delete(_surroundings.Folder, recursive: true);
        _stop.Dispose();
    }

    /// <summary>Who would sweep them is about to be killed.</summary>
    private async Task RemoveContainersAsync()
    {
        if (_surroundings.Engine is not { } engine)
            return;
        var installation = (await Granero.QueryAsync<Guid>("select id from task_installation", CancellationToken.None))[0].ToString();
        foreach (var silo in Granero.Silos.Where(silo => silo.IsAlive))
            await silo.KillAsync();
        foreach (var container in await engine.ContainersAsync("granero.installation", installation))
            await engine.Client.Containers.RemoveContainerAsync(container.ID, new() { Force = true });
    }
}
