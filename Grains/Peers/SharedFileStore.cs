using Granero.Support;
using Npgsql;

namespace Granero.Peers;

/// <summary>The rows of <c>shared_files</c>.</summary>
internal sealed class SharedFileStore(NpgsqlDataSource postgres)
{
    private const string Insert = """
        with owner as (
            update logged_in_peers set lease_ends_at = $5
            where address = any ($1) and lease_ends_at > $4 and (logged_in_from = $2 or token_hash = $3)
            returning peer),
        added as (
            insert into shared_files (slice, file_name, peer)
            select f.slice, f.file_name, owner.peer from owner cross join unnest($6, $7) as f (slice, file_name)
            on conflict do nothing)
        select exists (select from owner),
            (select bool_or(logged_in_from = $2 or token_hash = $3) from logged_in_peers where address = any ($1) and lease_ends_at > $4)
        """;

    private const string Slice = """
        select s.file_name, s.peer, p.address, p.lease_ends_at
        from shared_files s join logged_in_peers p using (peer)
        where s.slice = $1 and p.lease_ends_at > $2
        """;

    private const string Oldest = " order by s.position";

    /// <summary>Adds files to those of the peer at the address and renews its lease, in one statement; both are durable when it returns.</summary>
    /// <returns>True; false if the caller may not, and null if nobody is there: nothing was changed then.</returns>
    public async Task<bool?> Add(
        PeerAddress address, Caller caller, string[] fileNames, DateTimeOffset now, DateTimeOffset leaseEndsAt, CancellationToken cancellationToken)
    {
        var slices = Array.ConvertAll(fileNames, SharedFiles.SliceOf);
        while (true)
        {
            await using var batch = postgres.Batch(Sql.Command(
                Insert, address.Texts, caller.Ip, caller.TokenHashOrNone(), now, leaseEndsAt, slices, fileNames));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (reader.GetBoolean(0))
                return true;
            if (await reader.IsDBNullAsync(1, cancellationToken))
                return null;
            if (!reader.GetBoolean(1))
                return false;
            // It was the caller's when the statement began, and is not so any more: whose it is now is another question.
        }
    }

    /// <returns>Who shares each file of the slice, the longest-indexed first.</returns>
    public Task<SliceContent> ReadSlice(int slice, DateTimeOffset now, CancellationToken cancellationToken) =>
        Read(Sql.Command(Slice + Oldest, slice, now), cancellationToken);

    /// <returns>The same for some files of the slice.</returns>
    public Task<SliceContent> ReadFiles(
        int slice, IEnumerable<string> fileNames, DateTimeOffset now, CancellationToken cancellationToken) =>
        Read(Sql.Command(Slice + " and s.file_name = any ($3)" + Oldest, slice, now, fileNames.ToArray()), cancellationToken);

    private async Task<SliceContent> Read(NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = postgres.Batch(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var (holders, holdsUntil) = (new Dictionary<string, List<FileHolder>>(StringComparer.Ordinal), DateTimeOffset.MaxValue);
        var peers = new Dictionary<string, FileHolder>(StringComparer.Ordinal); // a peer has many files: one object for all
        while (await reader.ReadAsync(cancellationToken))
        {
            var (fileName, peer) = (reader.GetString(0), reader.GetString(1));
            if (!peers.TryGetValue(peer, out var holder))
            {
                peers.Add(peer, holder = new(peer, reader.GetString(2)));
                var leaseEndsAt = await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken);
                holdsUntil = leaseEndsAt < holdsUntil ? leaseEndsAt : holdsUntil;
            }

            if (!holders.TryGetValue(fileName, out var ofFile))
                holders.Add(fileName, ofFile = []);
            ofFile.Add(holder);
        }

        return new(holders.ToDictionary(file => file.Key, file => file.Value.ToArray(), StringComparer.Ordinal), holdsUntil);
    }
}

/// <param name="Holders">Who shares each file. Files that nobody shares are not in it.</param>
/// <param name="HoldsUntil">When the first of the holders' leases ends, unless it is renewed: to be read again then.</param>
internal sealed record SliceContent(Dictionary<string, FileHolder[]> Holders, DateTimeOffset HoldsUntil);
