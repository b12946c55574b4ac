using Granero.Tests.EndToEnd;
using Granero.Tests.Faults.Load;

namespace Granero.Tests.Faults;

/// <summary>A Granero of real processes, under load, with whoever starts again what dies. What a run and each measurement begin with.</summary>
internal sealed class FaultRig : IAsyncDisposable
{
    private static readonly TimeSpan FinishWithin = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly IDomainLoad[] _domains;
    private readonly string _folder;
    private readonly Task _load;

    private FaultRig(GraneroProcesses granero, string whyNoNetwork, string folder, int seed)
    {
        (Granero, WhyNoNetwork, _folder) = (granero, whyNoNetwork, folder);
        Supervisor = new(granero);
        Injector = new(granero, Supervisor, whyNoNetwork);
        _domains = Domains.All(new(granero, Calls, folder, seed));
        _load = Task.WhenAll(_domains.Select(domain => domain.RunAsync(_stop.Token)));
    }

    public GraneroProcesses Granero { get; }

    public Supervisor Supervisor { get; }

    public FaultInjector Injector { get; }

    public CallLog Calls { get; } = new();

    /// <summary>Empty when silos and Postgres have a network that can be cut.</summary>
    public string WhyNoNetwork { get; }

    /// <summary>Ends, with the exception, when a client gave up.</summary>
    public Task Load => _load;

    /// <param name="silos">How many.</param>
    /// <param name="seed">What the load sends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FaultRig> StartAsync(int silos, int seed, CancellationToken cancellationToken)
    {
        var (network, whyNot) = await ServerNetwork.TryCreateAsync();
        var folder = Directory.CreateTempSubdirectory("granero-faults-").FullName;
        var size = new GraneroSize(LotteryLoad.Agencies, silos, TcpGateways: 2, RestGateways: 2, GrpcGateways: 2)
        {
            Files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName,
            SiloSettings = new Dictionary<string, string> { ["Peers__PasswordIterations"] = "1000" },
        };
        return new(await GraneroProcesses.StartAsync(size, network, cancellationToken), whyNot, folder, seed);
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

    /// <summary>Journals and logs, for whoever has to find out what happened.</summary>
    /// <returns>The folder, which is kept.</returns>
    public async Task<string> KeepEvidenceAsync()
    {
        foreach (var process in Granero.Silos.Concat(Granero.Gateways))
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{process.Name}.log"), process.Log);
        return _folder;
    }

    public void ForgetEvidence() => Directory.Delete(_folder, recursive: true);

    public async ValueTask DisposeAsync()
    {
        await Supervisor.DisposeAsync();
        await Granero.DisposeAsync();
        foreach (var domain in _domains)
            domain.Dispose();
        _stop.Dispose();
    }
}
