using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Granero.TaskService;

/// <summary>The service's three operations over the values of an object.</summary>
internal static class Calculation
{
    /// <param name="name"><c>suma</c>, <c>multiplicacion</c> or <c>promedio</c>, in any letter case.</param>
    /// <param name="parameters">An object; its names do not matter.</param>
    /// <exception cref="CalculationException">Another operation, a value that is no number, or a result that is none.</exception>
    public static Number Run(string name, JsonElement parameters)
    {
        Func<Number[], Number> operation = name.ToLowerInvariant() switch
        {
            "suma" => Add,
            "multiplicacion" => Multiply,
            "promedio" => Average,
            _ => throw new CalculationException("Operación no soportada"),
        };
        return operation(Values(parameters)).Finite();
    }

    private static Number Add(Number[] values) => values.Aggregate(Number.Zero, (sum, value) => sum + value);

    private static Number Multiply(Number[] values) => values.Aggregate(Number.One, (product, value) => product * value);

    private static Number Average(Number[] values) => values.Length == 0 ? Number.Zero : Add(values).DividedBy(values.Length);

    /// <remarks>Of a name that comes twice, the last value counts.</remarks>
    private static Number[] Values(JsonElement parameters)
    {
        var values = new OrderedDictionary<string, Number>(StringComparer.Ordinal);
        foreach (var parameter in parameters.EnumerateObject())
            values[parameter.Name] = Read(parameter);
        return [.. values.Values];
    }

    private static Number Read(JsonProperty parameter)
    {
        if (parameter.Value.ValueKind != JsonValueKind.Number)
            throw new CalculationException($"El valor de '{parameter.Name}' no es un número");
        var text = parameter.Value.GetRawText();
        return text.AsSpan().ContainsAny(".eE")
            ? new Number(double.Parse(text, CultureInfo.InvariantCulture))
            : new Number(BigInteger.Parse(text, CultureInfo.InvariantCulture));
    }
}

/// <summary>A calculation that has no result; the message is the answer.</summary>
internal sealed class CalculationException(string message) : Exception(message);
