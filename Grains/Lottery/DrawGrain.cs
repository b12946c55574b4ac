using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granero.Lottery;

/// <summary>
/// A draw. It is held at once when it is due; the reminder, stored before the first agency's acknowledgement and removed after
/// the result, sees to it that it is held whatever dies on the way.
/// </summary>
[GrainType("draw")]
internal sealed partial class DrawGrain(
    DrawStore store, IOptions<LotteryOptions> options, TimeProvider time, IHostApplicationLifetime silo, ILogger<DrawGrain> logger)
    : Grain, IDrawGrain, IRemindable
{
    private const string ReminderName = "hold";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>A timer takes 49 days at most; the draw is looked at once a day until it is due.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IGrainReminder? _reminder;
    private IGrainTimer? _timer;

    private int Draw => checked((int)this.GetPrimaryKeyLong());

    public async Task<bool> AddReadyAgency(int agency, CancellationToken cancellationToken)
    {
        _reminder ??= await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        var added = await store.AddReadyAgency(Draw, agency, time.GetUtcNow(), cancellationToken);
        HoldAfter(TimeSpan.Zero); // not in this call: an agency's acknowledgement does not wait for the search of winners
        return added;
    }

    public async Task<bool> HoldIfDue(CancellationToken cancellationToken)
    {
        var progress = await store.ProgressOf(Draw, cancellationToken);
        if (!progress.IsHeld && progress.DueAt(options.Value) is { } due)
        {
            if (due > time.GetUtcNow())
                HoldAfter(due - time.GetUtcNow());
            else
                progress = await Hold(progress, cancellationToken);
        }

        if (progress.IsHeld)
            await Finish();
        return progress.IsHeld;
    }

    public async Task<bool> WaitUntilHeld(TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (_held.Task.IsCompleted || (await store.ProgressOf(Draw, cancellationToken)).IsHeld)
            return true;

        // A silo that stops waits for its calls, and whoever waits here can go on waiting on another silo.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silo.ApplicationStopping);
        var wait = atMost < LongestWait ? atMost : LongestWait;
        await _held.Task.WaitAsync(wait, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        return _held.Task.IsCompleted;
    }

    public async Task SetDeadline(DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        _reminder ??= await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        if (!await store.SetDeadline(Draw, deadline, cancellationToken))
            throw await NotOpen(cancellationToken);
        HoldAfter(TimeSpan.Zero); // which looks when it is due, now
    }

    public async Task HoldNow(CancellationToken cancellationToken)
    {
        var progress = await store.ProgressOf(Draw, cancellationToken);
        if (!progress.IsHeld)
            progress = await Hold(progress, cancellationToken);
        if (!progress.IsHeld)
            throw await NotOpen(cancellationToken);
        await Finish();
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => HoldIfDue(CancellationToken.None);

    private async Task<DrawProgress> Hold(DrawProgress progress, CancellationToken cancellationToken)
    {
        var number = options.Value.FixedNumber ?? RandomNumberGenerator.GetInt32(LotteryOptions.RandomNumbers);
        var winners = await store.Hold(Draw, number, time.GetUtcNow(), cancellationToken);
        if (winners is not { } found)
            return await store.ProgressOf(Draw, cancellationToken); // held meanwhile by another activation, or not there at all
        LotteryTelemetry.Held(found);
        LogHeld(Draw, progress.ReadyAgencies, found);
        return progress with { IsHeld = true };
    }

    private async Task<GraneroException> NotOpen(CancellationToken cancellationToken)
    {
        await Finish(); // no reminder stays behind for a draw that needs none
        return (await store.ProgressOf(Draw, cancellationToken)).IsHeld
            ? new(ErrorCode.DrawIsHeld, $"Draw {Draw} has been held.")
            : new(ErrorCode.DrawNotFound, $"There is no draw {Draw}.");
    }

    private async Task Finish()
    {
        _held.TrySetResult();
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _reminder ??= await this.GetReminder(ReminderName);
        if (_reminder is not null)
            await this.UnregisterReminder(_reminder);
        _reminder = null;
    }

    /// <remarks>One timer, moved: to dispose of it would cancel the try that is under way, which may be the one that moves it.</remarks>
    private void HoldAfter(TimeSpan due)
    {
        if (due > LongestTimer)
            due = LongestTimer;
        if (_timer is null)
            _timer = this.RegisterGrainTimer(TryToHold, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        else
            _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private async Task TryToHold(CancellationToken cancellationToken)
    {
        try
        {
            await HoldIfDue(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The grain moves to another silo, where the reminder finds it.
        }
        catch (NpgsqlException e)
        {
            LogHoldFailed(e, Draw);
            HoldAfter(RetryAfter);
        }
    }

    [LoggerMessage(1002, LogLevel.Information, "action: sorteo | result: success | draw: {Draw} | agencies: {Agencies} | winners: {Winners}")]
    private partial void LogHeld(int draw, int agencies, int winners);

    [LoggerMessage(1003, LogLevel.Warning, "Draw {Draw} is due and could not be held now; it is tried again in a second.")]
    private partial void LogHoldFailed(Exception exception, int draw);
}
