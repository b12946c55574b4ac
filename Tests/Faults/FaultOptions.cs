using System.Globalization;

namespace Granero.Tests.Faults;

/// <summary>What the command line asks for.</summary>
internal sealed record FaultOptions
{
    public const string Usage =
        """
        usage: ./test faults [options]

        Keeps a load on all domains of a Granero of real processes, makes faults happen to them, and checks the books:
        acknowledged = stored = drawn, each once. Ends with code 1 when they do not balance.

        --minutes n       how long faults come (5); fractions are allowed
        --seed n          which ones: the same seed, the same faults (made up, and printed)
        --silos n         (3)
        --only a,b        these kinds of faults alone: KillSilo KillGateway KillAllSilos ReplaceSilo ReplaceGateway FreezeSilo
                          StopPostgres FreezePostgres CutSilos CutPostgres FullDisk
        --plan            print the faults, and do nothing
        --table           what must hold, one measurement after the other: kill-silo kill-all draw-steps roll stop-postgres freeze-silo
        --measure a,b     some of them
        --rounds n        of a measurement: kills of a silo (20), or kills at a step of a draw (200)
        """;

    public static readonly string[] Measurements = ["kill-silo", "kill-all", "draw-steps", "roll", "stop-postgres", "freeze-silo"];

    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(5);

    public int Seed { get; init; } = Random.Shared.Next(1_000_000);

    public int Silos { get; init; } = 3;

    public IReadOnlyList<FaultKind> Kinds { get; init; } = Enum.GetValues<FaultKind>();

    public bool OnlyPlan { get; init; }

    /// <summary>Of the table; none for a run of seeded faults.</summary>
    public IReadOnlyList<string> Measure { get; init; } = [];

    public int? Rounds { get; init; }

    /// <exception cref="FormatException">An option is unknown, or its value makes no sense; the message says so.</exception>
    public static FaultOptions Parse(IEnumerable<string> arguments)
    {
        var rest = new Queue<string>(arguments);
        var options = new FaultOptions();
        while (rest.TryDequeue(out var name))
            options = options.With(name, rest);
        return options;
    }

    private FaultOptions With(string name, Queue<string> rest) => name switch
    {
        "--minutes" => this with { Duration = TimeSpan.FromMinutes(Number<double>(name, rest, above: 0)) },
        "--seed" => this with { Seed = Number(name, rest, above: -1) },
        "--silos" => this with { Silos = Number(name, rest, above: 1) },
        "--only" => this with { Kinds = [.. Words(name, rest, Enum.GetNames<FaultKind>()).Select(Enum.Parse<FaultKind>)] },
        "--plan" => this with { OnlyPlan = true },
        "--table" => this with { Measure = Measurements },
        "--measure" => this with { Measure = Words(name, rest, Measurements) },
        "--rounds" => this with { Rounds = Number(name, rest, above: 0) },
        _ => throw new FormatException($"'{name}' is no option of the faults.\n\n{Usage}"),
    };

    private static string Next(string name, Queue<string> rest) =>
        rest.TryDequeue(out var value) ? value : throw new FormatException($"{name} needs a value.");

    private static T Number<T>(string name, Queue<string> rest, T above) where T : System.Numerics.INumber<T>
    {
        var text = Next(name, rest);
        return T.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > above
            ? value
            : throw new FormatException($"{name} takes a number above {above}, not '{text}'.");
    }

    private static string[] Words(string name, Queue<string> rest, string[] allowed)
    {
        var words = Next(name, rest).Split(',');
        return Array.Find(words, word => !allowed.Contains(word)) is { } unknown
            ? throw new FormatException($"{name} takes some of {string.Join(", ", allowed)}, not '{unknown}'.")
            : words;
    }
}
