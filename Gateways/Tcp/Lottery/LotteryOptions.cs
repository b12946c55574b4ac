namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Section <c>Lottery</c>, as far as the gateway reads it.</summary>
internal sealed class LotteryOptions
{
    public const string Section = "Lottery";

    /// <summary>Bets of a delimited client that are stored and acknowledged together. The clients are set to the same number.</summary>
    public int AckEvery { get; set; } = 40;

    /// <summary>How long a TLV client that asks for the winners is held before it is told "busy".</summary>
    public TimeSpan WinnersWait { get; set; } = TimeSpan.FromSeconds(2);
}
