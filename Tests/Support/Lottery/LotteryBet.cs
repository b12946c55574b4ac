using System.Globalization;

namespace Granero.Tests.Support;

/// <summary>One bet as an agency has it in its file.</summary>
public sealed record LotteryBet(string FirstName, string LastName, string Document, DateOnly Birthdate, int Number)
{
    /// <summary>One line of an agency's file: <c>first,last,document,birthdate,number</c>.</summary>
    public static LotteryBet Parse(string line) => line.Split(',') is [var first, var last, var document, var birthdate, var number]
        ? new(first, last, document, DateOnly.ParseExact(birthdate, "yyyy-MM-dd", CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture))
        : throw new FormatException($"A bet has five fields, separated by commas: '{line}'.");

    /// <summary>The six fields in the order that both protocols send them in.</summary>
    public string Join(int agency, char separator) => string.Create(
        CultureInfo.InvariantCulture,
        $"{agency}{separator}{FirstName}{separator}{LastName}{separator}{Document}{separator}{Birthdate:yyyy-MM-dd}{separator}{Number}");
}

/// <summary>The bets of one agency, in the order in which it sends them.</summary>
public sealed record AgencyBets(int Agency, IReadOnlyList<LotteryBet> Bets)
{
    /// <summary>The documents that a draw of <paramref name="number"/> must name to this agency, in the order of the bets.</summary>
    public string[] Winners(int number = LotteryDataSet.WinningNumber) => [.. Bets.Where(bet => bet.Number == number).Select(bet => bet.Document)];
}
