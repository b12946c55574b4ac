namespace Granero.Lottery;

/// <summary>An agency's view of the last draw that it was ready for.</summary>
/// <param name="Draw">That draw's number; null when the agency has not been ready for any.</param>
/// <param name="Documents">The winners' documents among the agency's bets, in the order of the bets; null until the draw is held.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.WinnersAnswer")]
public sealed record WinnersAnswer([property: Id(0)] int? Draw, [property: Id(1)] string[]? Documents);
