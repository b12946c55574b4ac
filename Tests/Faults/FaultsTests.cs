using System.Security.Cryptography;
using Granero.Gateways.Grpc.Peers.V1;
using Granero.Tests.EndToEnd;
using Granero.Tests.Faults.Load;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Grpc.Net.Client;
using Xunit;

namespace Granero.Tests.Faults;

/// <summary>They keep the machine busy, and are by themselves when their turn comes.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultsCollection
{
    public const string Name = "faults";
}

[Collection(FaultsCollection.Name)]
public sealed class FaultsTests
{
    private static readonly FaultKind[] AllKinds = Enum.GetValues<FaultKind>();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void The_same_seed_makes_the_same_faults()
    {
        var once = FaultPlan.Make(7574, TimeSpan.FromMinutes(30), AllKinds);

        Assert.Equal(once, FaultPlan.Make(7574, TimeSpan.FromMinutes(30), AllKinds));
        Assert.NotEqual(once, FaultPlan.Make(7575, TimeSpan.FromMinutes(30), AllKinds));
    }

    [Fact]
    public void A_longer_run_begins_with_the_faults_of_a_shorter_one()
    {
        var shorter = FaultPlan.Make(1, TimeSpan.FromMinutes(5), AllKinds);

        Assert.Equal(shorter, FaultPlan.Make(1, TimeSpan.FromMinutes(60), AllKinds).Take(shorter.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_kind_of_fault_comes_before_any_comes_again(int seed) => Assert.Equal(
        AllKinds,
        FaultPlan.Make(seed, TimeSpan.FromHours(1), AllKinds).Take(AllKinds.Length).Select(fault => fault.Kind).Order());

    [Fact]
    public void One_fault_is_over_before_the_next_begins()
    {
        var plan = FaultPlan.Make(4, TimeSpan.FromHours(2), AllKinds);

        Assert.All(plan.Zip(plan.Skip(1)), pair => Assert.True(pair.First.At + pair.First.Lasts < pair.Second.At));
    }

    [Theory]
    [InlineData("--minutes", "0")]
    [InlineData("--seed", "seven")]
    [InlineData("--only", "Earthquake")]
    [InlineData("--measure")]
    [InlineData("--forever")]
    public void A_command_line_that_makes_no_sense_is_refused(params string[] arguments) =>
        Assert.Throws<FormatException>(() => FaultOptions.Parse(arguments));

    [Fact]
    public async Task The_books_balance_after_a_short_run()
    {
        var options = FaultOptions.Parse(["--seed", "1", "--minutes", "0.8", "--only", "KillSilo,KillGateway,ReplaceSilo,StopPostgres,FullDisk"]);
        var report = new StringWriter();

        var balance = await new FaultRun(options, report).RunAsync(Cancelled);

        TestContext.Current.TestOutputHelper!.WriteLine(report.ToString());
        Assert.True(balance, report.ToString());
    }

    /// <summary>A load that nothing disturbs shows that the books notice: an acknowledgement that was never given, and a bet that nobody sent.</summary>
    [Fact]
    public async Task Books_that_are_wrong_do_not_balance()
    {
        await using var rig = await FaultRig.StartAsync(silos: 2, seed: 1, withDisk: false, Cancelled);
        Assert.All(await rig.CloseBooksAsync(Cancelled), entry => Assert.True(entry.Line.Balances, entry.ToString()));
        await rig.Granero.QueryAsync<int>("update bet_batches set document[1] = '1' where (agency, id) in (select agency, id from bet_batches limit 1)", Cancelled);
        await rig.Granero.QueryAsync<int>("delete from shared_files where position = (select max(position) from shared_files)", Cancelled);

        var books = await rig.CloseBooksAsync(Cancelled);

        rig.ForgetEvidence();
        Assert.Equal((1, 1), books.Where(entry => entry.Domain == "lottery").Select(entry => (entry.Line.Lost, entry.Line.Wrong)).First());
        Assert.Equal(1, books.First(entry => entry.Domain == "peers").Line.Lost);
    }

    [Fact]
    public async Task Clients_of_every_gateway_are_held_while_the_cluster_is_away()
    {
        var files = Directory.CreateTempSubdirectory("granero-held-").FullName;
        var size = new GraneroSize(Agencies: 1, RestGateways: 1, GrpcGateways: 1) { Files = files };
        await using var granero = await GraneroProcesses.StartAsync(size, network: null, Cancelled);
        using var peer = new PeersClient(new Uri($"http://{granero.Rest[0]}"), "10.0.0.1");
        using var channel = GrpcChannel.ForAddress($"http://{granero.Grpc[0]}");
        var token = (await peer.LogInAsync("ana")).Json.GetProperty("token").GetString()!;

        await granero.Silo.KillAsync();
        var bets = new TlvClient(granero.Server, new AgencyBets(1, RoundBets.Make(1, 1, 1, 10))).SendBetsAsync(Cancelled);
        var indexing = peer.IndexAsync(["a.txt"]);
        var publishing = new Files.FilesClient(channel).SendAsync(Upload("ana", token, "b.bin", [1, 2, 3]));
        var answered = Task.WhenAll(bets, indexing, publishing);
        await Task.WhenAny(answered, Task.Delay(TimeSpan.FromSeconds(10), Cancelled)); // the fault's own duration
        Assert.False(answered.IsCompleted);
        granero.Silo.Start();
        await answered;

        Assert.Equal(System.Net.HttpStatusCode.OK, (await indexing).Status);
        Assert.Equal(3UL, (await publishing).Length);
        Assert.Equal([10L], await granero.QueryAsync<long>("select count(*) from bets", Cancelled));
        Directory.Delete(files, recursive: true);
    }

    private static IEnumerable<PublishRequest> Upload(string peer, string token, string file, byte[] content) =>
    [
        new()
        {
            Header = new()
            {
                PeerName = peer, Token = token, FileName = file, Length = (ulong)content.Length,
                Sha256 = Google.Protobuf.ByteString.CopyFrom(SHA256.HashData(content)),
            },
        },
        .. FilesClient.ChunksOf(content),
    ];
}
