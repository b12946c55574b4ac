using System.Diagnostics.Metrics;

namespace Granero.Peers;

/// <summary>What silos measure of the peers: the meter <c>Granero.Peers</c>.</summary>
internal static class PeersTelemetry
{
    public const string Name = "Granero.Peers";
    public const string CountLoggedIn = "select null, count(*) from logged_in_peers where lease_ends_at > now()";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Logins = Meter.CreateCounter<long>("granero.peers.logins", "{login}", "Logins, by outcome: done, or why not.");
    private static readonly Counter<long> IndexCalls = Meter.CreateCounter<long>("granero.peers.index.calls", "{call}", "Calls to the index of files, by what was asked: index, find, locate.");
    private static readonly Counter<long> Indexed = Meter.CreateCounter<long>("granero.peers.index.names", "{name}", "Names of files that peers indexed, known ones included.");
    private static readonly Counter<long> Published = Meter.CreateCounter<long>("granero.peers.published", "By", "Bytes of files that were published in Granero's store.");

    public static Gauge<long> LoggedIn { get; } = Meter.CreateGauge<long>("granero.peers.logged_in", "{peer}", "Peers that are logged in, in the whole cluster.");

    public static void LoginEnded(ErrorCode? refusal) => Logins.Add(1, new KeyValuePair<string, object?>("outcome", refusal?.ToString() ?? "done"));

    public static void FilesIndexed(int names)
    {
        IndexCalls.Add(1, new KeyValuePair<string, object?>("call", "index"));
        Indexed.Add(names);
    }

    public static void HoldersAsked() => IndexCalls.Add(1, new KeyValuePair<string, object?>("call", "find"));

    public static void PlaceAsked() => IndexCalls.Add(1, new KeyValuePair<string, object?>("call", "locate"));

    public static void FilePublished(long bytes) => Published.Add(bytes);
}
