namespace Granero.Lottery;

/// <summary>
/// Bets of one agency that are stored together or not at all, column by column: entry i of each list is bet i.
/// </summary>
/// <remarks>
/// By columns, because that is how the store sends them to Postgres: five arrays, instead of five values and an object for each bet.
/// All lists have the same length, one at least.
/// </remarks>
/// <param name="Id">Made by the gateway for this request. A batch sent again under the same id is stored once.</param>
/// <param name="FirstNames">Any text without NUL.</param>
/// <param name="LastNames">Any text without NUL.</param>
/// <param name="Documents">The gamblers' documents; any text without NUL or <c>#</c>.</param>
/// <param name="Birthdates">Birth dates.</param>
/// <param name="Numbers">The numbers bet on, 0 or above.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.BetBatch")]
public sealed record BetBatch(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string[] FirstNames,
    [property: Id(2)] string[] LastNames,
    [property: Id(3)] string[] Documents,
    [property: Id(4)] DateOnly[] Birthdates,
    [property: Id(5)] int[] Numbers);
