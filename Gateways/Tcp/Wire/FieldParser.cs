using System.Text.Unicode;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>Strict readings of the fields that text frames carry.</summary>
internal static class FieldParser
{
    private const int MaxIntegerDigits = 10;

    /// <summary>Cuts a field off the front, up to <paramref name="separator"/>, which is dropped.</summary>
    /// <returns>False when there is no separator.</returns>
    public static bool TryCut(ref ReadOnlySpan<byte> rest, byte separator, out ReadOnlySpan<byte> field)
    {
        var end = rest.IndexOf(separator);
        if (end < 0)
        {
            field = default;
            return false;
        }

        field = rest[..end];
        rest = rest[(end + 1)..];
        return true;
    }

    /// <summary>One to ten ASCII digits and nothing else; up to <see cref="int.MaxValue"/>.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> field, out int value)
    {
        var sum = field.Length is > 0 and <= MaxIntegerDigits ? 0L : long.MaxValue;
        for (var i = 0; i < field.Length && sum <= int.MaxValue; i++)
        {
            var digit = (uint)(field[i] - '0');
            sum = digit <= 9 ? (sum * 10) + digit : long.MaxValue;
        }

        value = sum <= int.MaxValue ? (int)sum : 0;
        return sum <= int.MaxValue;
    }

    /// <summary>A date that exists, as <c>YYYY-MM-DD</c>.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> field, out DateOnly date)
    {
        date = default;
        if (field.Length != 10 || field[4] != '-' || field[7] != '-'
            || !TryParseInteger(field[..4], out var year)
            || !TryParseInteger(field[5..7], out var month)
            || !TryParseInteger(field[8..], out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new DateOnly(year, month, day);
        return true;
    }

    /// <summary>Valid UTF-8 without NUL, which Postgres has no place for.</summary>
    public static bool IsText(ReadOnlySpan<byte> frame) => Utf8.IsValid(frame) && !frame.Contains((byte)0);
}
