using System.Globalization;
using Microsoft.Extensions.Options;

namespace Granero.Lottery;

/// <summary>The settings under <c>Lottery:</c> that the silos read.</summary>
public sealed class LotteryOptions : IValidateOptions<LotteryOptions>
{
    /// <summary>A random winning number is drawn from 0 up to, not including, this.</summary>
    public const int RandomNumbers = 10_000;

    /// <summary>How many agencies take part: the draw is held once this many are ready. 1 or more.</summary>
    public int Agencies { get; set; } = 5;

    /// <summary>A number from 0 on, or <c>random</c>.</summary>
    public string WinningNumber { get; set; } = "7574";

    /// <summary>How long after the first ready agency the draw is held with whoever is ready. None: it waits for all.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>The fixed winning number, or null when each draw has its own at random.</summary>
    public int? FixedNumber =>
        int.TryParse(WinningNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public ValidateOptionsResult Validate(string? name, LotteryOptions options)
    {
        if (options.Agencies < 1)
            return ValidateOptionsResult.Fail($"Lottery:Agencies is {options.Agencies}: set it to the number of agencies that take part, 1 or more.");
        if (options.FixedNumber is null && options.WinningNumber != "random")
            return ValidateOptionsResult.Fail($"Lottery:WinningNumber is '{options.WinningNumber}': set it to a number from 0 on, or to 'random'.");
        if (options.Deadline <= TimeSpan.Zero)
            return ValidateOptionsResult.Fail($"Lottery:Deadline is {options.Deadline}: set it to a duration such as 00:10:00, or leave it out.");
        return ValidateOptionsResult.Success;
    }
}
