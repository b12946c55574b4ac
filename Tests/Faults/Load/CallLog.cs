using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Granero.Tests.Support;
using Grpc.Core;

namespace Granero.Tests.Faults.Load;

/// <summary>How an attempt of a client ended.</summary>
internal enum Outcome
{
    Done,

    /// <summary>Nobody listened there: the client dials the next server, as with several addresses behind one name.</summary>
    Moved,

    /// <summary>The connection ended before the answer. The client does not know what became of its request, and repeats it.</summary>
    Cut,

    /// <summary>The server said no, or said nothing for too long.</summary>
    Refused,

    /// <summary>The server said that it has no room for what was sent: 507, RESOURCE_EXHAUSTED.</summary>
    NoRoom,
}

/// <summary>The server has no room for what was sent, and said so.</summary>
internal sealed class NoRoomException(string message) : Exception(message);

/// <summary>One attempt. Times are those of <see cref="Stopwatch.GetTimestamp"/>.</summary>
internal sealed record Call(string Domain, long Began, long Ended, Outcome Outcome)
{
    /// <summary>What nobody would call a hiccup of a busy machine.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(2);

    /// <summary>A fault takes a moment to be made.</summary>
    private static readonly TimeSpan ComesWithin = TimeSpan.FromSeconds(1);

    /// <summary>Whether a fault at that moment found it stalled already, so that it is another one's doing.</summary>
    public bool WasStalledAt(long moment) => Ended > moment && Began < moment && Stopwatch.GetElapsedTime(Began, moment) > Stall;

    /// <summary>A full disk that is told of is no failure of Granero's.</summary>
    public bool FailedOrStalled => Outcome is Outcome.Cut or Outcome.Refused || Stopwatch.GetElapsedTime(Began, Ended) > Stall;

    /// <summary>Whether some of it was at the time of a fault.</summary>
    public bool IsDuring(InjectedFault fault) => Began <= fault.Over && Ended >= fault.Began;

    /// <summary>Whether all of it was, and the fault there for certain.</summary>
    public bool IsWithin(InjectedFault fault) => Ended < fault.Over && Began > fault.Began && Stopwatch.GetElapsedTime(fault.Began, Began) > ComesWithin;
}

/// <summary>Every attempt of every client, and the clients' habit of trying again until it works.</summary>
internal sealed class CallLog
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>A client that gets nothing done for so long ends the run: Granero does not serve any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentQueue<Call> _calls = [];
    private readonly ConcurrentDictionary<string, int> _complaints = [];

    public IReadOnlyCollection<Call> Calls => _calls;

    /// <summary>What went wrong and how often, the commonest first.</summary>
    public IEnumerable<string> Complaints => _complaints.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Value} x {entry.Key}");

    /// <summary>Does it, again and again until it is done, at the next server after each failure.</summary>
    /// <param name="domain">Whose call it is.</param>
    /// <param name="servers">How many servers there are to try.</param>
    /// <param name="attempt">Gets the server's number.</param>
    public async Task<T> UntilDoneAsync<T>(string domain, Servers servers, Func<int, Task<T>> attempt)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var attempted = Stopwatch.GetTimestamp();
            try
            {
                var result = await attempt(servers.Current);
                _calls.Enqueue(new(domain, attempted, Stopwatch.GetTimestamp(), Outcome.Done));
                return result;
            }
            catch (Exception failure) when (OutcomeOf(failure) is { } outcome && Stopwatch.GetElapsedTime(began) < Patience)
            {
                _calls.Enqueue(new(domain, attempted, Stopwatch.GetTimestamp(), outcome));
                _complaints.AddOrUpdate($"{domain}: {outcome}: {failure.GetBaseException().Message}", 1, (_, count) => count + 1);
            }

            servers.TryNext();
            await Task.Delay(Pause); // what a client does that was refused
        }
    }

    public async Task UntilDoneAsync(string domain, Servers servers, Func<int, Task> attempt) => await UntilDoneAsync(domain, servers, async server =>
    {
        await attempt(server);
        return true;
    });

    private static Outcome? OutcomeOf(Exception failure) => failure switch
    {
        _ when IsNobodyThere(failure) => Outcome.Moved,
        NoRoomException or RpcException { StatusCode: StatusCode.ResourceExhausted, Status.Detail: "Granero's store has no room left." } => Outcome.NoRoom,
        UnexpectedReplyException or TimeoutException or RpcException or TaskCanceledException => Outcome.Refused,
        SocketException or IOException or HttpRequestException => Outcome.Cut,
        _ => null,
    };

    private static bool IsNobodyThere(Exception? failure) => failure switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => true,
        RpcException call => IsNobodyThere(call.Status.DebugException),
        _ => IsNobodyThere(failure.InnerException),
    };
}

/// <summary>Some servers of one kind, of which a client uses one until that fails.</summary>
internal sealed class Servers(int count, int first = 0)
{
    public int Current { get; private set; } = first % count;

    public void TryNext() => Current = (Current + 1) % count;
}
