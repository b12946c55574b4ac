using System.Globalization;
using System.Net;

namespace Granero.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        """
        usage: bench lottery     [options]   bets/s by both protocols, beside raw COPY on the same Postgres
               bench lottery --soak [options] a draw of --bets and one of ten times as many: time and memory
               bench connections [options]   a good client's p99, alone and among idle and slow connections
               bench peers       [options]   getFiles/s with 20 peers and with --peers, 10,000 names by one request; then downloads
               bench tasks       [options]   remote tasks without and with a warm container, beside docker run; 50 at once
               bench videos      [options]   a video beside ffmpeg alone, a long upload beside a plain Kestrel, a long list
               bench downloads   [options]   a long file by gRPC, beside the same file from a plain Kestrel

        --target host:port            the TCP gateway (127.0.0.1:12345)
        --rest host:port              the REST gateway's port for peers (127.0.0.1:5000)
        --main host:port              the REST gateway's port for tasks and videos (127.0.0.1:8000)
        --media folder                where the baseline of uploads writes: on the disk of Media:Root (the temporary folder)
        --grpc host:port              the gRPC gateway (127.0.0.1:50051)
        --postgres url                or an Npgsql connection string; else the file postgres.url of --run-dir
        --run-dir folder              holds silo-1.pid, gateway-tcp.pid, postgres.pid: their CPU and memory are measured
        --agencies n                  what the servers were started with as Lottery:Agencies (5)
        --bets n                      bets of a phase, over all agencies (1000000; soak: 500000, connections: 2000000)
        --batch n                     bets of a TLV batch (1000; connections: 100)
        --ack-every n                 what the gateway was started with as Lottery:AckEvery (40)
        --protocol tlv|delimited      only this one (both)
        --rounds n                    how often each phase is measured (3; connections: 2)
        --data folder                 real agency-N.csv files instead of made-up bets; each is sent once
        --connection-per-request      TLV as the known client does it
        --idle n                      connections that say nothing (10000)
        --slow n                      connections that send a byte every 10 s (500)
        --peers n                     peers, each with 100 files of its own (10000)
        --requests n                  getFiles of a phase, over all connections (400000)
        --connections n               that ask for files at the same time (16)
        --mebibytes n                 length of the file that is downloaded or uploaded (1024)
        --json                        a JSON document instead of tables
        """;

    public required string Command { get; init; }

    public IPEndPoint Target { get; init; } = new(IPAddress.Loopback, 12345);

    public IPEndPoint Rest { get; init; } = new(IPAddress.Loopback, 5000);

    public IPEndPoint Main { get; init; } = new(IPAddress.Loopback, 8000);

    public string? MediaFolder { get; init; }

    public IPEndPoint Grpc { get; init; } = new(IPAddress.Loopback, 50051);

    public string Postgres { get; init; } = "";

    public string? RunDirectory { get; init; }

    public int Agencies { get; init; } = 5;

    public int Bets { get; init; } = 1_000_000;

    public int Batch { get; init; } = 1000;

    public int AckEvery { get; init; } = 40;

    public int Rounds { get; init; } = 3;

    public string? Protocol { get; init; }

    public string? Data { get; init; }

    public bool ConnectionPerRequest { get; init; }

    public bool Soak { get; init; }

    public int Idle { get; init; } = 10_000;

    public int Slow { get; init; } = 500;

    public int Peers { get; init; } = 10_000;

    public int Requests { get; init; } = 400_000;

    public int Connections { get; init; } = 16;

    public int Mebibytes { get; init; } = 1024;

    public bool Json { get; init; }

    private bool NeedsPostgres => Command is "lottery" or "connections" or "videos";

    /// <exception cref="BenchException">An option is unknown, or its value makes no sense.</exception>
    public static BenchOptions Parse(string[] arguments)
    {
        var command = arguments.FirstOrDefault();
        if (command is not ("lottery" or "connections" or "peers" or "downloads" or "tasks" or "videos")) throw new BenchException(Usage);
        var rest = new Queue<string>(arguments.Skip(1));
        var options = new BenchOptions { Command = command };
        if (command == "connections") options = options with { Bets = 2_000_000, Batch = 100, Rounds = 2 };
        else if (arguments.Contains("--soak")) options = options with { Bets = 500_000 };
        while (rest.TryDequeue(out var name)) options = options.With(name, rest);
        return options.Postgres.Length > 0 || !options.NeedsPostgres ? options : options with { Postgres = options.PostgresOfRunDirectory() };
    }

    private BenchOptions With(string name, Queue<string> rest) => name switch
    {
        "--target" => this with { Target = EndPointOf(name, Next(name, rest)) },
        "--rest" => this with { Rest = EndPointOf(name, Next(name, rest)) },
        "--main" => this with { Main = EndPointOf(name, Next(name, rest)) },
        "--media" => this with { MediaFolder = Next(name, rest) },
        "--grpc" => this with { Grpc = EndPointOf(name, Next(name, rest)) },
        "--postgres" => this with { Postgres = Next(name, rest) },
        "--run-dir" => this with { RunDirectory = Next(name, rest) },
        "--agencies" => this with { Agencies = Number(name, rest) },
        "--bets" => this with { Bets = Number(name, rest) },
        "--batch" => this with { Batch = Number(name, rest) },
        "--ack-every" => this with { AckEvery = Number(name, rest) },
        "--rounds" => this with { Rounds = Number(name, rest) },
        "--protocol" => this with { Protocol = OneOf(name, rest, "tlv", "delimited") },
        "--data" => this with { Data = Next(name, rest) },
        "--connection-per-request" => this with { ConnectionPerRequest = true },
        "--soak" => this with { Soak = true },
        "--idle" => this with { Idle = Number(name, rest, least: 0) },
        "--slow" => this with { Slow = Number(name, rest, least: 0) },
        "--peers" => this with { Peers = Number(name, rest, least: PeersBench.FewPeers) },
        "--requests" => this with { Requests = Number(name, rest) },
        "--connections" => this with { Connections = Number(name, rest) },
        "--mebibytes" => this with { Mebibytes = Number(name, rest) },
        "--json" => this with { Json = true },
        _ => throw new BenchException($"'{name}' is no option of the bench.\n\n{Usage}"),
    };

    private static string Next(string name, Queue<string> rest) =>
        rest.TryDequeue(out var value) ? value : throw new BenchException($"{name} needs a value.");

    private static string OneOf(string name, Queue<string> rest, params string[] values)
    {
        var value = Next(name, rest);
        return values.Contains(value) ? value : throw new BenchException($"{name} takes one of {string.Join(", ", values)}, not '{value}'.");
    }

    private static int Number(string name, Queue<string> rest, int least = 1)
    {
        var text = Next(name, rest);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least
            ? value
            : throw new BenchException($"{name} takes a whole number from {least} on, not '{text}'.");
    }

    private static IPEndPoint EndPointOf(string name, string text)
    {
        if (text.Split(':') is not [var host, var port] || !int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new BenchException($"{name} takes host:port, not '{text}'.");
        return new IPEndPoint(IPAddress.TryParse(host, out var address) ? address : Dns.GetHostAddresses(host)[0], number);
    }

    private string PostgresOfRunDirectory()
    {
        var file = Path.Combine(RunDirectory ?? ".", "postgres.url");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : throw new BenchException($"Give --postgres: there is no {file}.");
    }
}
