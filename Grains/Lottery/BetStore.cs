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

    // Ids are made in the order of time, so the last of them is the last batch. After some minutes nobody sends again what he missed.
    private const string FindLastAlike = """
        select last.draw
        from (select * from bet_batches where agency = $1 order by id desc limit 1) last
        join draws d on d.draw = last.draw and (d.held_at is null or d.draw > $8)
        where last.stored_at > now() - interval '5 minutes'
          and last.origin <> $7
          and (last.first_name, last.last_name, last.document, last.birthdate, last.number) = ($2, $3, $4, $5, $6)
        """;

    private const string Find = "select draw from bet_batches where agency = $1 and id = $2";

    /// <summary>
    /// Claims the ids of some agencies' batches and stores their bets, a statement for each batch, in one transaction and one round trip;
    /// they are durable when it returns.
    /// </summary>
    /// <param name="batches">For each batch its agency and the origin that it came from.</param>
    /// <param name="cancellationToken">Gives up; the batches may have been stored.</param>
    /// <returns>For each batch the draw that it was stored in; null if it had been stored before, or its agency is ready for the open draw.</returns>
    public async Task<int?[]> Add(IReadOnlyList<(int Agency, BetBatch Batch, Guid Origin)> batches, CancellationToken cancellationToken)
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

    /// <returns>
    /// The draw of the agency's last batch, if that came from another origin and has the same bets in the same order, and if the draw is open
    /// or the agency has not been told its winners: it may have been held while the client did not know that its bets were in it. Else null.
    /// </returns>
    public async Task<int?> FindRepeated(int agency, BetBatch batch, Guid origin, int toldDraw, CancellationToken cancellationToken)
    {
        await using var command = postgres.Batch(Sql.Command(
            FindLastAlike, agency, batch.FirstNames, batch.LastNames, batch.Documents, batch.Birthdates, batch.Numbers, origin, toldDraw));
        return (int?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
