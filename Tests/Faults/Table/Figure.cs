using System.Globalization;

namespace Granero.Tests.Faults.Table;

/// <summary>One thing that must hold, and what was measured.</summary>
internal sealed record Figure(string Test, string What, string Limit, string Measured, bool Holds)
{
    public static Figure Zero(string test, string what, long measured) =>
        new(test, what, "0", measured.ToString(CultureInfo.InvariantCulture), measured == 0);

    public static Figure AtMost(string test, string what, TimeSpan limit, TimeSpan measured) => new(
        test, what, string.Create(CultureInfo.InvariantCulture, $"{limit.TotalSeconds:0.#} s"), string.Create(CultureInfo.InvariantCulture, $"{measured.TotalSeconds:0.0} s"), measured <= limit);
}

/// <summary>A row of the table, or some: a Granero of its own, what is done to it, and the figures.</summary>
internal interface IMeasurement
{
    Task<IReadOnlyList<Figure>> RunAsync(TextWriter progress, CancellationToken cancellationToken);
}
