using Granero.Support;

namespace Granero.Lottery;

/// <summary>
/// A betting agency. Its calls come one at a time; what it may do follows from the rows, which every statement asks anew, so
/// that neither a second activation nor a draw held meanwhile finds it mistaken.
/// </summary>
[GrainType("agency")]
internal sealed class AgencyGrain(
    Repetitions repetitions,
    BetWriter writer,
    AgencyStore agencies,
    BetTallies tallies,
    [PersistentState("agency")] IPersistentState<AgencyState> state) : Grain, IAgencyGrain
{
    /// <summary>The one origin of the agency's last batches; null when there are several, or it is not known.</summary>
    private string? _onlyOrigin;
    private bool _isCounted;

    private int Agency => checked((int)this.GetPrimaryKeyLong());

    public async Task<int> PlaceBets(BetBatch batch, string origin, CancellationToken cancellationToken)
    {
        if (origin != _onlyOrigin)
        {
            (var repeated, var isAlone) = await repetitions.Find(Agency, batch, origin, cancellationToken);
            _onlyOrigin = isAlone ? origin : null;
            if (repeated is { } before)
                return before;
        }

        return await Store(batch, origin, cancellationToken);
    }

    private async Task<int> Store(BetBatch batch, string origin, CancellationToken cancellationToken)
    {
        if (!_isCounted)
            tallies.Begin(await agencies.TallyOf(Agency, cancellationToken));
        _isCounted = false; // unless this goes well: what a failed call has stored is not known
        var placed = await writer.Add(Agency, batch, origin, cancellationToken);
        _isCounted = true;
        if (placed is not { } stored)
        {
            LotteryTelemetry.Refused(ErrorCode.AgencyIsReady);
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
    /// next one. It is a new one once the agency has bets in the open draw, has been told the last draw's winners, or a draw
    /// was held without it.
    /// </remarks>
    private bool IsRepetition(AgencyStanding standing) =>
        standing.LastReady is { } last && last == standing.OpenDraw - 1 && !standing.HasBets && state.State.ToldDraw < last;
}

/// <param name="ToldDraw">The last draw whose winners the agency has been told; 0 for none.</param>
[GenerateSerializer, Immutable, Alias("granero.lottery.AgencyState")]
internal sealed record AgencyState([property: Id(0)] int ToldDraw)
{
    public AgencyState() : this(0) { }
}
