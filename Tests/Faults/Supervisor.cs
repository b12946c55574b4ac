using System.Diagnostics;
using Granero.Tests.EndToEnd;

namespace Granero.Tests.Faults;

/// <summary>Starts again what has ended, as ./run and compose do, and counts what ended without a fault of ours.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(3);

    /// <summary>No load makes a loop that is due in 100 ms so late: the machine was paused, and all that ran on it.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _end = new();
    private readonly ServerProcess[] _processes;
    private readonly HashSet<ServerProcess> _inOtherHands = [];
    private readonly HashSet<ServerProcess> _killed = [];
    private readonly Lock _gate = new();
    private readonly Task _watching;

    public Supervisor(GraneroProcesses granero)
    {
        _processes = [.. granero.Silos, .. granero.Gateways];
        _watching = WatchAsync();
    }

    /// <summary>Names of the processes that ended by themselves: a silo that finds itself evicted does, and nothing else should.</summary>
    public List<string> EndedByThemselves { get; } = [];

    /// <summary>When this process itself did not run, and for how long: what took long then was not Granero.</summary>
    public List<(DateTime Until, TimeSpan Lasted)> Standstills { get; } = [];

    public Task KillAsync(params ServerProcess[] processes)
    {
        lock (_gate)
            _killed.UnionWith(processes);
        return Task.WhenAll(processes.Select(process => process.KillAsync()));
    }

    /// <summary>Asks it to stop, and starts another one in its place.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ReplaceAsync(ServerProcess process, CancellationToken cancellationToken)
    {
        lock (_gate)
            _inOtherHands.Add(process);
        var (exitCode, _) = await process.StopAsync(cancellationToken);
        process.Start();
        lock (_gate)
            _inOtherHands.Remove(process);
        await BecomeReadyAsync(cancellationToken, process);
        return exitCode;
    }

    /// <summary>Returns when they are ready, all of them unless some are named.</summary>
    public async Task BecomeReadyAsync(CancellationToken cancellationToken, params ServerProcess[] processes)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyWithin);
        foreach (var process in processes.Length > 0 ? processes : _processes)
        {
            while (await process.StatusOfAsync("ready", limit.Token) != System.Net.HttpStatusCode.OK)
                await Task.Delay(LookEvery, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (var process in _processes)
                StartIfEnded(process);
            var paused = Stopwatch.GetTimestamp();
            await Task.Delay(LookEvery, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Stopwatch.GetElapsedTime(paused) is var lasted && lasted > Standstill)
                Standstills.Add((DateTime.UtcNow, lasted));
        }
    }

    private void StartIfEnded(ServerProcess process)
    {
        lock (_gate)
        {
            if (process.IsAlive || _inOtherHands.Contains(process))
                return;
            if (!_killed.Remove(process))
                EndedByThemselves.Add(process.Name);
            process.Start();
        }
    }
}
