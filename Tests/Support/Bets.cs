using System.Globalization;
using Granero.Lottery;

namespace Granero.Tests.Support;

/// <summary>Batches for tests.</summary>
internal static class Bets
{
    public static BetBatch Of(params (string First, string Last, string Document, string Birthdate, int Number)[] bets) => new(
        Guid.CreateVersion7(),
        [.. bets.Select(bet => bet.First)],
        [.. bets.Select(bet => bet.Last)],
        [.. bets.Select(bet => bet.Document)],
        [.. bets.Select(bet => DateOnly.ParseExact(bet.Birthdate, "yyyy-MM-dd", CultureInfo.InvariantCulture))],
        [.. bets.Select(bet => bet.Number)]);

    /// <summary>As many bets, none of which wins with 7574.</summary>
    public static BetBatch Some(int count) =>
        Of([.. Enumerable.Range(0, count).Select(i => ("Ana", "Pérez", $"{30_000_000 + i}", "1999-03-17", i % 7000))]);
}
