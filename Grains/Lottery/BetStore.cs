using Granero.Support;
using Npgsql;

namespace Granero.Lottery;

/// <summary>The rows of <c>bet_batches</c>.</summary>
internal sealed class BetStore(NpgsqlDataSource postgres)
{
    private const string Insert = """
        insert into bet_batches (agency, id, draw, first_name, last_name, document, birthdate, number)
        select $1, $2, d.draw, $3, $4, $5, $6, $7
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
        join draws d on d.draw = last.draw and d.held_at is null
        where last.stored_at > now() - interval '5 minutes'
          and (last.first_name, last.last_name, last.document, last.birthdate, last.number) = ($2, $3, $4, $5, $6)
        """;

    private const string Find = "select draw from bet_batches where agency = $1 and id = $2";

    /// <summary>Claims the batch's id and stores its bets, in one statement and one round trip; they are durable when it returns.</summary>
    /// <returns>The draw that the batch belongs to, now or from an earlier call with its id; null if the agency is ready for the open draw.</returns>
    public async Task<int?> Add(int agency, BetBatch batch, CancellationToken cancellationToken)
    {
        var insert = Sql.Command(
            Insert, agency, batch.Id, batch.FirstNames, batch.LastNames, batch.Documents, batch.Birthdates, batch.Numbers);
        await using var command = postgres.Batch(DrawLock.Shared(), insert);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
                return reader.GetInt32(0);
        }

        return await FindDraw(agency, batch.Id, cancellationToken);
    }

    /// <returns>The open draw if the agency's last batch is in it and has the same bets in the same order; else null.</returns>
    public async Task<int?> FindRepeated(int agency, BetBatch batch, CancellationToken cancellationToken)
    {
        await using var command = postgres.Batch(Sql.Command(
            FindLastAlike, agency, batch.FirstNames, batch.LastNames, batch.Documents, batch.Birthdates, batch.Numbers));
        return (int?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <remarks>A statement of its own: the insert's snapshot may be older than a first call that it had to wait for.</remarks>
    private async Task<int?> FindDraw(int agency, Guid id, CancellationToken cancellationToken)
    {
        await using var command = postgres.Batch(Sql.Command(Find, agency, id));
        return (int?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
