using System.Diagnostics;
using System.Threading.Channels;

namespace Granero.Lottery;

/// <summary>
/// Stores the batches of all agencies on this silo. Those that arrive while others are being stored share the next commit: a commit
/// costs a flush of the disk and some switches between processes, which for a small batch is more than the bets, and the busier the
/// silo gets, the more batches share one.
/// </summary>
internal sealed class BetWriter : IAsyncDisposable
{
    /// <summary>One prepares its batches while another waits for its commit. More would only make the groups smaller.</summary>
    private const int Writers = 2;

    /// <summary>Large batches gain nothing from company, and a long statement makes everybody wait.</summary>
    private const int MostBetsInACommit = 4_000;

    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();
    private readonly BetStore _store;
    private readonly Task[] _writers;

    public BetWriter(BetStore store)
    {
        _store = store;
        _writers = [.. Enumerable.Range(0, Writers).Select(_ => Task.Run(WriteAsync))];
    }

    /// <returns>The draw that the batch belongs to, now or from an earlier call with its id; null if the agency is ready for the open draw.</returns>
    public async Task<Placed?> Add(int agency, BetBatch batch, string origin, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var waiting = new Waiting(agency, batch, origin, Activity.Current?.Context ?? default);
        await _waiting.Writer.WriteAsync(waiting, cancellationToken);
        if (await waiting.Draw.Task.WaitAsync(cancellationToken) is { } draw)
        {
            LotteryTelemetry.Stored(batch.Numbers.Length, began);
            return new(draw, IsNew: true);
        }

        return await _store.FindDraw(agency, batch.Id, cancellationToken) is { } before ? new(before, IsNew: false) : null;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_writers);
    }

    private async Task WriteAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            if (TakeGroup() is { Count: > 0 } group)
                await StoreAsync(group);
        }
    }

    private List<Waiting> TakeGroup()
    {
        var group = new List<Waiting>();
        for (var bets = 0; bets < MostBetsInACommit && _waiting.Reader.TryRead(out var next); bets += next.Batch.Numbers.Length)
            group.Add(next);
        return group;
    }

    private async Task StoreAsync(List<Waiting> group)
    {
        using var commit = LotteryTelemetry.StartCommit([.. group.Select(waiting => waiting.Caller)]);
        try
        {
            // Nobody's cancellation: the group belongs to several callers.
            var draws = await _store.Add([.. group.Select(waiting => (waiting.Agency, waiting.Batch, waiting.Origin))], CancellationToken.None);
            for (var i = 0; i < draws.Length; i++)
                group[i].Draw.SetResult(draws[i]);
        }
        catch (Exception failure) when (group.Count == 1)
        {
            group[0].Draw.SetException(failure);
        }
        catch (Exception)
        {
            // One batch's failure is not its neighbours': each by itself, and each gets its own outcome.
            foreach (var waiting in group)
                await StoreAsync([waiting]);
        }
    }

    private sealed record Waiting(int Agency, BetBatch Batch, string Origin, ActivityContext Caller)
    {
        public TaskCompletionSource<int?> Draw { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <param name="Draw">The draw that a batch belongs to.</param>
/// <param name="IsNew">False: it was stored by an earlier call.</param>
internal readonly record struct Placed(int Draw, bool IsNew);
