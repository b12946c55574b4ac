using Granero.Support;
using Npgsql;

namespace Granero.Lottery;

/// <summary>The rows of <c>draws</c>, <c>ready_agencies</c> and <c>winners</c>.</summary>
internal sealed class DrawStore(NpgsqlDataSource postgres)
{
    private const string Open = "select draw from draws where held_at is null";

    private const string AddReady = """
        insert into ready_agencies (draw, agency, ready_at)
        select d.draw, $2, $3 from draws d where d.draw = $1 and d.held_at is null
        on conflict do nothing
        """;

    private const string IsReady = "select exists (select from ready_agencies where draw = $1 and agency = $2)";

    private const string Progress = """
        select d.held_at is not null, count(r.agency)::integer, min(r.ready_at), d.deadline
        from draws d left join ready_agencies r using (draw)
        where d.draw = $1 group by d.draw
        """;

    // The limits of a session are for statements that others wait for too; a search among millions of bets is not one of them.
    private const string AsLongAsItTakes = "set local statement_timeout = 0";

    private const string Defer = "update draws set deadline = $2 where draw = $1 and held_at is null";

    private const string Close = "update draws set held_at = $3, winning_number = $2 where draw = $1 and held_at is null";

    // Only the batches that have the number are taken apart.
    private const string FindWinners = """
        insert into winners (draw, agency, position, document)
        select b.draw, b.agency, row_number() over (partition by b.agency order by b.stored_at, b.id, bet.place), bet.document
        from bet_batches b
        cross join lateral unnest(b.document, b.number) with ordinality as bet (document, number, place)
        where b.draw = $1 and $2 = any (b.number) and bet.number = $2
        """;

    private const string OpenNext = "insert into draws (draw) values ($1 + 1)";

    public async Task<int> OpenDraw(CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Open));
        return (int)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>Whether the agency counts as ready for the draw; false if the draw was held without it.</returns>
    public async Task<bool> AddReadyAgency(int draw, int agency, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(
            DrawLock.Shared(), Sql.Command(AddReady, draw, agency, now), Sql.Command(IsReady, draw, agency));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken); // past the lock's; the insert has none
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0);
    }

    public async Task<DrawProgress> ProgressOf(int draw, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Progress, draw));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetBoolean(0), reader.GetInt32(1), reader.GetValue(2) as DateTime?, reader.GetValue(3) as DateTime?)
            : new(IsHeld: false, ReadyAgencies: 0, FirstReady: null, Deadline: null);
    }

    /// <returns>False if the draw is not open.</returns>
    public async Task<bool> SetDeadline(int draw, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(Sql.Command(Defer, draw, deadline is { } at ? at.ToUniversalTime() : DBNull.Value));
        return await batch.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>
    /// Holds the draw: closes it, finds its winners and opens the next one, in one transaction. Whatever dies on the way,
    /// none of it has happened; however many try it, one does it.
    /// </summary>
    /// <returns>How many winners there are; null if the draw had been held before.</returns>
    public async Task<int?> Hold(int draw, int winningNumber, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await postgres.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await Execute(Sql.Command(AsLongAsItTakes), DrawLock.Alone(), Sql.Command(Close, draw, winningNumber, now)) == 0)
            return null;

        var winners = await Execute(Sql.Command(FindWinners, draw, winningNumber));
        await Execute(Sql.Command(OpenNext, draw));
        await transaction.CommitAsync(cancellationToken);
        return winners;

        async Task<int> Execute(params NpgsqlBatchCommand[] commands)
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 };
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

/// <param name="IsHeld">Whether it has been held.</param>
/// <param name="ReadyAgencies">How many agencies are ready for it.</param>
/// <param name="FirstReady">When the first of them was.</param>
/// <param name="Deadline">What an operator has set, in place of the settings.</param>
internal sealed record DrawProgress(bool IsHeld, int ReadyAgencies, DateTimeOffset? FirstReady, DateTimeOffset? Deadline)
{
    /// <returns>When the draw is to be held, as far as is known; null while it waits for agencies.</returns>
    public DateTimeOffset? DueAt(LotteryOptions options) =>
        ReadyAgencies >= options.Agencies ? DateTimeOffset.MinValue : Deadline ?? FirstReady + options.Deadline;
}
