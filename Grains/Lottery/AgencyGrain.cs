using Granero.Support;

namespace Granero.Lottery;

/// <summary>
/// A betting agency. Its calls come one at a time; what it may do follows from the rows, which every statement asks anew, so
/// that neither a second activation nor a draw held meanwhile finds it mistaken.
/// </summary>
[GrainType("agency")]
internal sealed class AgencyGrain(
    BetStore bets,
    BetWriter writer,
    AgencyStore agencies,
    BetTallies tallies,
    [PersistentState("agency")] IPersistentState<AgencyState> state) : Grain, IAgencyGrain
{
    private Guid _origin;
    private bool _isCounted;

    private int Agency => checked((int)this.GetPrimaryKeyLong());

    public async Task<int> PlaceBets(BetBatch batch, Guid origin, CancellationToken cancellationToken)
    {
        var draw = (origin == _origin ? null : await bets.FindRepeated(Agency, batch, origin, state.State.ToldDraw, cancellationToken))
            ?? await Store(batch, origin, cancellationToken);
        _origin = origin;
        return draw;
    }

    private async Task<int> Store(BetBatch batch, Guid origin, CancellationToken cancellationToken)
    {
        if (!_isCounted)
            tallies.Begin(await agencies.TallyOf(Agency, cancellationToken));
        _isCounted = false; // unless this goes well: what a failed call has stored is not known
        var placed = await writer.Add(Agency, batch, origin, cancellationToken);
        _isCounted = true;
        if (placed is not { } stored)
        {
            throw new GraneroException(
                ErrorCode.AgencyIsReady,
                $"Agency {Agency} has said that it is ready for the open draw, and it takes bets again once that draw is held.");
        }

        if (stored.IsNew)
            tallies.Add(stored.Draw, Agency, batch.Numbers.Length);
        return stored.Draw;
    }

    public async Task<int> DeclareReady(CancellationToken cancellationToken)
    {
        while (true)
        {
            var standing = await agencies.StandingOf(Agency, cancellationToken);
            if (IsRepetition(standing))
                return standing.LastReady!.Value;

            var draw = GrainFactory.GetGrain<IDrawGrain>(standing.OpenDraw);
            if (await draw.AddReadyAgency(Agency, cancellationToken))
                return standing.OpenDraw;
        }
    }

    public async Task<WinnersAnswer> AskWinners(CancellationToken cancellationToken)
    {
        var standing = await agencies.StandingOf(Agency, cancellationToken);
        if (standing.LastReady is not { } draw || draw == standing.OpenDraw)
            return new(standing.LastReady, Documents: null);

        var winners = await agencies.WinnersOf(draw, Agency, cancellationToken);
        if (state.State.ToldDraw < draw)
            await state.WriteOrKeep(new AgencyState(ToldDraw: draw), cancellationToken);
        return new(draw, winners);
    }

    /// <remarks>
    /// A "ready" whose acknowledgement was lost comes again when the draw may have been held on it, and must not count for the
    /// next one. It is a new one once the agency has bets in the open draw, or has been told the last draw's winners.
    /// </remarks>
    private bool IsRepetition(AgencyStanding standing) =>
        standing.LastReady is { } last && last < standing.OpenDraw && !standing.HasBets && state.State.ToldDraw < last;
}

/// <param name="ToldDraw">The last draw whose winners the agency has been told; 0 for none.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.AgencyState")]
internal sealed record AgencyState([property: Id(0)] int ToldDraw)
{
    public AgencyState() : this(0) { }
}
