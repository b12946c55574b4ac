namespace Granero.Lottery;

/// <summary>What an agency has placed in a draw.</summary>
[GenerateSerializer, Immutable, Alias("granero.lottery.AgencyTally")]
public sealed record AgencyTally([property: Id(0)] int Draw, [property: Id(1)] int Agency, [property: Id(2)] long Batches, [property: Id(3)] long Bets);

/// <summary>A draw in a list.</summary>
/// <param name="Draw">Its number.</param>
/// <param name="OpenedAt">Since when it takes bets.</param>
/// <param name="HeldAt">Null while it is open.</param>
/// <param name="WinningNumber">Null while it is open.</param>
/// <param name="Deadline">What an operator has set; null if none has.</param>
/// <param name="Agencies">How many have placed bets.</param>
/// <param name="Ready">How many were ready.</param>
/// <param name="Bets">How many bets it has.</param>
/// <param name="Winners">How many of them won.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.DrawSummary")]
public sealed record DrawSummary(
    [property: Id(0)] int Draw, [property: Id(1)] DateTimeOffset OpenedAt, [property: Id(2)] DateTimeOffset? HeldAt,
    [property: Id(3)] int? WinningNumber, [property: Id(4)] DateTimeOffset? Deadline, [property: Id(5)] int Agencies,
    [property: Id(6)] int Ready, [property: Id(7)] long Bets, [property: Id(8)] int Winners);

/// <summary>An agency in a draw.</summary>
/// <param name="Agency">Its number.</param>
/// <param name="Batches">Stored batches.</param>
/// <param name="Bets">Bets in them.</param>
/// <param name="ReadyAt">When it said that it is ready; null if it has not.</param>
/// <param name="Winners">How many of its bets won; 0 until the draw is held.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.AgencyLine")]
public sealed record AgencyLine(
    [property: Id(0)] int Agency, [property: Id(1)] long Batches, [property: Id(2)] long Bets,
    [property: Id(3)] DateTimeOffset? ReadyAt, [property: Id(4)] int Winners);

/// <summary>A draw with its agencies.</summary>
[GenerateSerializer, Immutable, Alias("granero.lottery.DrawRecord")]
public sealed record DrawRecord([property: Id(0)] DrawSummary Draw, [property: Id(1)] AgencyLine[] Agencies);

/// <summary>What there is to watch.</summary>
/// <param name="At">When this was read.</param>
/// <param name="Expected">How many agencies have to be ready for the draw to be held.</param>
/// <param name="DueAt">When the open draw is held with whoever is ready; null if it waits for all.</param>
/// <param name="Open">The open draw.</param>
/// <param name="Last">The last one that was held; null if none has been.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.LotteryBoard")]
public sealed record LotteryBoard(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] int Expected, [property: Id(2)] DateTimeOffset? DueAt,
    [property: Id(3)] DrawRecord Open, [property: Id(4)] DrawRecord? Last);

/// <summary>Where a batch is in the order of a draw's batches.</summary>
[GenerateSerializer, Immutable, Alias("granero.lottery.BatchPlace")]
public sealed record BatchPlace([property: Id(0)] int Agency, [property: Id(1)] Guid Id);

/// <summary>A batch as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("granero.lottery.StoredBatch")]
public sealed record StoredBatch([property: Id(0)] int Agency, [property: Id(1)] BetBatch Batch);

/// <summary>A bet that won.</summary>
/// <param name="Agency">Where it was placed.</param>
/// <param name="Position">In the order of the agency's bets, from 1 on.</param>
/// <param name="Document">The gambler's document.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.Winner")]
public sealed record Winner([property: Id(0)] int Agency, [property: Id(1)] int Position, [property: Id(2)] string Document);
