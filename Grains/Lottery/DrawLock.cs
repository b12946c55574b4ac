using Npgsql;

namespace Granero.Lottery;

/// <summary>
/// What keeps bets out of a draw while it is being held: whoever adds to the open draw shares the lock until its commit,
/// whoever holds the draw has it alone.
/// </summary>
/// <remarks>
/// An advisory lock: it lives in shared memory, where a lock on the draw's row would be a write for each batch. It has to be a
/// statement of its own before the one that it guards, because that one must take its snapshot after the lock was given.
/// </remarks>
internal static class DrawLock
{
    private const string Key = "7574";

    public static NpgsqlBatchCommand Shared() => new($"select pg_advisory_xact_lock_shared({Key})");

    public static NpgsqlBatchCommand Alone() => new($"select pg_advisory_xact_lock({Key})");
}
