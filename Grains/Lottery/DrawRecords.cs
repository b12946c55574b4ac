namespace Granero.Lottery;

/// <summary>Puts a draw's agencies together from what is known of each.</summary>
internal static class DrawRecords
{
    /// <summary>A draw that was held, with its agencies.</summary>
    public static async Task<DrawRecord> RecordOf(this DrawRecordStore store, DrawSummary draw, CancellationToken cancellationToken)
    {
        var tallies = (await store.KeptTallies(draw.Draw, cancellationToken)).ToDictionary(tally => tally.Agency);
        var ready = await store.ReadyAgencies(draw.Draw, cancellationToken);
        var winners = await store.WinnersByAgency(draw.Draw, cancellationToken);
        return new(draw, Lines(tallies, ready, winners));
    }

    public static AgencyLine[] Lines(Dictionary<int, AgencyTally> tallies, Dictionary<int, DateTimeOffset> ready, Dictionary<int, int> winners) =>
    [
        .. tallies.Keys.Union(ready.Keys).Order().Select(agency => new AgencyLine(
            agency,
            tallies.GetValueOrDefault(agency)?.Batches ?? 0,
            tallies.GetValueOrDefault(agency)?.Bets ?? 0,
            ready.TryGetValue(agency, out var at) ? at : null,
            winners.GetValueOrDefault(agency))),
    ];
}
