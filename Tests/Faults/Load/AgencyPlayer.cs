using Granero.Tests.Support;

namespace Granero.Tests.Faults.Load;

/// <summary>An agency that plays round after round; how it speaks, a subclass knows. It goes on behind its last acknowledged bet, whatever happens.</summary>
/// <param name="setting">Whom it plays with.</param>
/// <param name="journal">Its domain's.</param>
/// <param name="agency">Its number.</param>
/// <param name="domain">What its calls are called.</param>
/// <param name="batch">Bets to an acknowledgement.</param>
internal abstract class AgencyPlayer(LoadSetting setting, Journal journal, int agency, string domain, int batch) : IAsyncDisposable
{
    private static readonly TimeSpan BatchEvery = TimeSpan.FromMilliseconds(50);

    private readonly Servers _servers = new(setting.Granero.Tcp.Count, agency);
    private readonly Pace _pace = new(BatchEvery);

    protected int Agency => agency;

    /// <summary>The bets of a round; the last batch of them may be a smaller one.</summary>
    public abstract int BetsInRound { get; }

    public async Task PlayAsync(int round)
    {
        var bets = RoundBets.Make(setting.Seed, agency, round, BetsInRound);
        for (var from = 0; from < bets.Length; from += batch)
        {
            await _pace.KeepAsync();
            await PlaceAsync(bets[from..Math.Min(from + batch, bets.Length)], round, from);
        }

        await FinishAsync(bets, round);
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Gets a batch acknowledged and written down.</summary>
    protected abstract Task PlaceAsync(LotteryBet[] bets, int round, int from);

    /// <summary>Says that it has no more bets, and asks for its winners until it gets them.</summary>
    protected abstract Task FinishAsync(LotteryBet[] bets, int round);

    protected Task CallAsync(Func<System.Net.IPEndPoint, Task> attempt) =>
        setting.Calls.UntilDoneAsync(domain, _servers, server => attempt(setting.Granero.Tcp[server]));

    /// <summary>Waiting for the others is not a slow call.</summary>
    protected async Task<string[]> WaitForWinnersAsync(Func<System.Net.IPEndPoint, Task<string[]>> attempt) =>
        await new CallLog().UntilDoneAsync(domain, _servers, server => attempt(setting.Granero.Tcp[server]));

    protected void WriteDown(int round, int from, int count) => journal.Acknowledged("bets", agency, round, from, count);

    protected void WriteDown(int round, string[] winners) => journal.Acknowledged(["winners", agency, round, .. winners]);
}
