using Granero.Tests.Faults.Table;

namespace Granero.Tests.Faults;

/// <summary>What must hold, measured one after the other.</summary>
internal sealed class FaultTable(FaultOptions options, TextWriter output)
{
    /// <returns>Whether all of it held.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (var name in options.Measure)
        {
            await output.WriteLineAsync($"{name}, seed {options.Seed}");
            figures.AddRange(await MeasurementOf(name).RunAsync(output, cancellationToken));
            await output.WriteLineAsync();
        }

        Write(figures);
        return figures.All(figure => figure.Holds);
    }

    private IMeasurement MeasurementOf(string name) => name switch
    {
        "kill-silo" => new KillSilo(options),
        "kill-all" => new KillAllSilos(options),
        "draw-steps" => new DrawSteps(options),
        "roll" => new Roll(options),
        "stop-postgres" => new StopPostgres(options),
        _ => new FreezeSilo(options),
    };

    private void Write(List<Figure> figures)
    {
        output.WriteLine("| test | figure | must be | measured |");
        output.WriteLine("| --- | --- | --- | --- |");
        foreach (var figure in figures)
            output.WriteLine($"| {figure.Test} | {figure.What} | {figure.Limit} | {figure.Measured}{(figure.Holds ? "" : " **does not hold**")} |");
    }
}
