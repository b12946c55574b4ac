using Orleans.Concurrency;

namespace Granero.Lottery;

/// <summary>One draw; its key is the draw's number, from 1 on.</summary>
[Alias("granero.lottery.IDrawGrain")]
public interface IDrawGrain : IGrainWithIntegerKey
{
    /// <summary>Counts the agency as ready, durably, and sees to it that the draw is held once all are.</summary>
    /// <returns>False when the draw has been held already: the agency belongs to the next one.</returns>
    [Alias("AddReadyAgency")]
    Task<bool> AddReadyAgency(int agency, CancellationToken cancellationToken = default);

    /// <summary>Holds the draw now if it is due: all agencies ready, or the deadline passed. Harmless at any time.</summary>
    /// <returns>True when the draw has been held, now or before.</returns>
    [Alias("HoldIfDue")]
    Task<bool> HoldIfDue(CancellationToken cancellationToken = default);

    /// <summary>Returns as soon as the draw has been held, or after <paramref name="atMost"/> (20 s are the limit).</summary>
    /// <returns>True when the draw has been held.</returns>
    [Alias("WaitUntilHeld"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<bool> WaitUntilHeld(TimeSpan atMost, CancellationToken cancellationToken = default);

    /// <summary>Sets when the draw is held with whoever is ready, if not all are before.</summary>
    /// <param name="deadline">A time that has passed means now; null leaves it to the settings.</param>
    /// <param name="cancellationToken">Gives up waiting; it may have been set.</param>
    /// <exception cref="GraneroException"><see cref="ErrorCode.DrawIsHeld"/>; <see cref="ErrorCode.DrawNotFound"/>.</exception>
    [Alias("SetDeadline")]
    Task SetDeadline(DateTimeOffset? deadline, CancellationToken cancellationToken = default);

    /// <summary>Holds the draw, whoever is ready. Repeating it is harmless: a draw is held once.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.DrawNotFound"/>.</exception>
    [Alias("HoldNow"), ResponseTimeout("00:05:00")]
    Task HoldNow(CancellationToken cancellationToken = default);
}
