using Granero.Bench.Load;
using Granero.Bench.Peers;
using Granero.Bench.Report;
using Granero.Bench.Servers;

namespace Granero.Bench;

/// <summary>getFiles with few peers and with many, and how long it takes to index very many files at once.</summary>
internal sealed class PeersBench(BenchOptions options)
{
    public const int FewPeers = 20;
    public const int FilesAtOnce = 10_000;

    private const int QuestionsOfConnection = 20_000;

    private readonly ServerProcesses servers = new(options.RunDirectory);
    private readonly Random random = new(1);

    public async Task<PeersReport> RunAsync()
    {
        var crowd = new PeerCrowd(options.Rest, options.Connections);
        await crowd.GrowAsync(FewPeers);
        var few = await MeasureAsync(crowd.Count);
        var fewIndex = IndexAtOnce(crowd);
        await crowd.GrowAsync(options.Peers);
        var many = await MeasureAsync(crowd.Count);
        var manyIndex = IndexAtOnce(crowd);
        var memory = servers.Measure();
        await crowd.LeaveAsync();
        return new PeersReport(options, few, many, fewIndex, manyIndex, memory);
    }

    private async Task<IReadOnlyList<Phase>> MeasureAsync(int peers)
    {
        var name = FormattableString.Invariant($"{peers:N0} peers, {peers * PeerCrowd.FilesOfPeer:N0} names");
        var questions = Enumerable.Range(0, options.Connections).Select(_ => Questions(peers)).ToArray();
        await RunAsync($"warm-up of {name}", questions);
        var phases = new List<Phase>();
        for (var round = 0; round < options.Rounds; round++) phases.Add(await RunAsync(name, questions));
        return phases;
    }

    private async Task<Phase> RunAsync(string name, (byte[] Question, byte[] Answer)[][] questions)
    {
        var loads = questions.Select(some => new GetFilesLoad(options.Rest, options.Requests / options.Connections, some)).ToArray();
        using var generator = new LoadGenerator(name, loads);
        var before = servers.Measure();
        var result = await generator.RunAsync();
        var after = servers.Measure();
        foreach (var load in loads) load.Dispose();
        return new Phase(name, result, servers.Names.ToDictionary(process => process, process => after[process].CpuSeconds - before[process].CpuSeconds));
    }

    /// <summary>Any file of any peer, each as likely as the other.</summary>
    private (byte[] Question, byte[] Answer)[] Questions(int peers) =>
        [.. Enumerable.Range(0, QuestionsOfConnection).Select(_ =>
        {
            var (peer, file) = (random.Next(peers), random.Next(PeerCrowd.FilesOfPeer));
            return (PeerCrowd.Question(peer, file), PeerCrowd.Answer(peer, file));
        })];

    private (TimeSpan Index, TimeSpan LogOut)[] IndexAtOnce(PeerCrowd crowd) =>
        [.. Enumerable.Range(0, Math.Max(3, options.Rounds)).Select(_ => crowd.IndexAtOnce(FilesAtOnce))];
}
