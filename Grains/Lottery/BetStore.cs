using Granero.Support;
using Npgsql;

namespace Granero.Lottery;

/// <summary>The rows of <c>bet_batches</c>.</summary>
internal sealed class BetStore(NpgsqlDataSource postgres)
{
    private const string Insert = """
        insert into bet_batches (agency, id, origin, draw, first_name, last_name, document, birthdate, number)
        select $1, $2, $3, d.draw, $4, $5, $6, $7, $8
        from draws d
        where d.held_at is null
          and not exists (select from ready_agencies r where r.draw = d.draw and r.agency = $1)
        on conflict (agency, id) do nothing
        returning draw
        """;

    // Ids are made in the order of time, so the highest are the last batches. After some minutes nobody sends again what he missed.
    private const string FindLastAlike = """
        with last as (
            select * from bet_batches where agency = $1 order by id desc limit 16)
        select l.id, l.origin,
               exists (select from last mine where mine.origin = $2 and mine.stored_at > l.stored_at),
               (l.number, l.document, l.birthdate, l.first_name, l.last_name) = ($3, $4, $5, $6, $7)
        from last l join draws d on d.draw = l.draw and d.held_at is null
        where l.origin <> $2 and l.stored_at > now() - interval '5 minutes'
        order by l.stored_at, l.id
        """;

    private const string HandOver = """
        update bet_batches set id = $3, origin = $4
        where agency = $1 and id = $2 and not exists (select from bet_batches b where b.agency = $1 and b.id = $3)
        returning draw
        """;

    private const string Find = "select draw from bet_batches where agency = $1 and id = $2";

    /// <summary>
    /// Claims the ids of some agencies' batches and stores their bets, a statement for each batch, in one transaction and one round trip;
    /// they are durable when it returns.
    /// </summary>
    /// <param name="batches">For each batch its agency and the origin that it came from.</param>
    /// <param name="cancellationToken">Gives up; the batches may have been stored.</param>
    /// <returns>For each batch the draw that it was stored in; null if it had been stored before, or its agency is ready for the open draw.</returns>
    public async Task<int?[]> Add(IReadOnlyList<(int Agency, BetBatch Batch, string Origin)> batches, CancellationToken cancellationToken)
    {
        await using var connection = await postgres.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateBatch();
        command.BatchCommands.Add(DrawLock.Shared());
        foreach (var (agency, batch, origin) in batches)
        {
            command.BatchCommands.Add(Sql.Command(
                Insert, agency, batch.Id, origin, batch.FirstNames, batch.LastNames, batch.Documents, batch.Birthdates, batch.Numbers));
        }

        // Once for a session, and apart from the bets: Npgsql's own preparing on the way loses count of a session in which a batch failed.
        await command.PrepareAsync(cancellationToken);
        var draws = new int?[batches.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        for (var i = 0; i < draws.Length; i++)
        {
            await reader.NextResultAsync(cancellationToken);
            draws[i] = await reader.ReadAsync(cancellationToken) ? reader.GetInt32(0) : null;
        }

        await reader.NextResultAsync(cancellationToken); // the end of them, which is the commit
        return draws;
    }

    /// <returns>The draw that a batch with this id was stored in; null if there is none.</returns>
    /// <remarks>Asked after <see cref="Add"/>, not in its statement: its snapshot may be older than a first call that it had to wait for.</remarks>
    public async Task<int?> FindDraw(int agency, Guid id, CancellationToken cancellationToken)
    {
        await using var command = postgres.Batch(Sql.Command(Find, agency, id));
        return (int?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Which of the agency's last batches in the open draw came from other origins, within minutes; the oldest first.</summary>
    public async Task<List<EarlierBatch>> FindEarlier(int agency, BetBatch batch, string origin, CancellationToken cancellationToken)
    {
        await using var command = postgres.Batch(Sql.Command(
            FindLastAlike, agency, origin, batch.Numbers, batch.Documents, batch.Birthdates, batch.FirstNames, batch.LastNames));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var earlier = new List<EarlierBatch>();
        while (await reader.ReadAsync(cancellationToken))
            earlier.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        return earlier;
    }

    /// <summary>A stored batch gets the id and the origin under which it was sent again: a call that is repeated finds it.</summary>
    /// <returns>Its draw; null if it has been handed over before.</returns>
    public async Task<int?> HandOverTo(int agency, Guid id, Guid repetition, string origin, CancellationToken cancellationToken)
    {
        await using var command = postgres.Batch(Sql.Command(HandOver, agency, id, repetition, origin));
        return (int?)await command.ExecuteScalarAsync(cancellationToken);
    }
}

/// <param name="Id">The batch's.</param>
/// <param name="Origin">Through which it came.</param>
/// <param name="IsPassed">Other bets have come since through the origin that asks: that client has gone on.</param>
/// <param name="IsAlike">Whether it has the same bets in the same order.</param>
internal sealed record EarlierBatch(Guid Id, string Origin, bool IsPassed, bool IsAlike);
