using System.Globalization;
using System.Numerics;

namespace Granero.TaskService;

/// <summary>
/// An integer of any size or a double, with the arithmetic and the notation that the service's clients know from Python: integers
/// stay integers until a float comes in, and a float shows that it is one (<c>15.0</c>).
/// </summary>
internal readonly record struct Number
{
    /// <summary>Bits of a quotient before it is rounded to a double's 53; what is below them is in the last one.</summary>
    private const int QuotientBits = 66;

    private readonly BigInteger _integer;
    private readonly double? _float;

    public Number(BigInteger value) => _integer = value;

    public Number(double value) => _float = value;

    public static Number Zero { get; } = new(BigInteger.Zero);

    public static Number One { get; } = new(BigInteger.One);

    private double AsDouble => _float ?? Divide(_integer, BigInteger.One);

    public static Number operator +(Number a, Number b) =>
        a._float is null && b._float is null ? new(a._integer + b._integer) : new(a.AsDouble + b.AsDouble);

    public static Number operator *(Number a, Number b) =>
        a._float is null && b._float is null ? new(a._integer * b._integer) : new(a.AsDouble * b.AsDouble);

    /// <returns>A float, even of integers.</returns>
    public Number DividedBy(int count) => new(_float is { } value ? value / count : Divide(_integer, count));

    /// <exception cref="CalculationException">It is beyond what a double can hold, which JSON cannot say.</exception>
    public Number Finite() => _float is { } value && !double.IsFinite(value) ? throw new CalculationException("El resultado es demasiado grande") : this;

    /// <summary>As JSON.</summary>
    public override string ToString() => _float is { } value ? FloatText(value) : _integer.ToString(CultureInfo.InvariantCulture);

    /// <summary>The double nearest to the quotient, ties to even; infinite where there is none.</summary>
    private static double Divide(BigInteger dividend, BigInteger divisor)
    {
        var magnitude = BigInteger.Abs(dividend);
        if (magnitude.IsZero)
            return 0;
        var shift = (int)(QuotientBits + divisor.GetBitLength() - magnitude.GetBitLength());
        var (scaled, below) = shift >= 0 ? (magnitude << shift, divisor) : (magnitude, divisor << -shift);
        var quotient = BigInteger.DivRem(scaled, below, out var rest);
        if (!rest.IsZero)
            quotient |= BigInteger.One;
        var value = Math.ScaleB(Round(quotient), -shift);
        return dividend.Sign < 0 ? -value : value;
    }

    /// <summary>The top 64 bits go into a ulong, the rest into its last bit: converting that to double rounds once and rightly.</summary>
    private static double Round(BigInteger quotient)
    {
        var surplus = (int)quotient.GetBitLength() - 64;
        var top = (ulong)(quotient >> surplus);
        if (!(quotient & ((BigInteger.One << surplus) - 1)).IsZero)
            top |= 1;
        return Math.ScaleB((double)top, surplus);
    }

    /// <summary>The shortest digits that read back as the same double; an exponent from 1e16 on and below 1e-4.</summary>
    private static string FloatText(double value)
    {
        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal) is >= 0 and var at ? at : parts[0].Length;
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var zeros = value == 0 ? 0 : digits.Length - digits.TrimStart('0').Length;
        var exponent = point - 1 - zeros + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        digits = value == 0 ? "0" : digits.Trim('0');
        return (double.IsNegative(value) ? "-" : "") + (exponent is < -4 or >= 16 ? Scientific(digits, exponent) : Positional(digits, exponent));
    }

    private static string Scientific(string digits, int exponent) =>
        $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + digits;
        var whole = digits.PadRight(exponent + 1, '0');
        return whole[..(exponent + 1)] + "." + (whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0");
    }
}
