using Orleans.Concurrency;

namespace Granero.Lottery;

/// <summary>Answers from the rows, on whichever silo the question comes in; what is open is asked of the board.</summary>
[GrainType("lottery-records"), StatelessWorker]
internal sealed class LotteryRecordsGrain(DrawRecordStore draws, BetExportStore export) : Grain, ILotteryRecordsGrain
{
    private const int MostDraws = 200;
    private const int MostBatches = 1000;
    private const int MostWinners = 10_000;

    public async Task<DrawSummary[]> Draws(int? before, int limit, CancellationToken cancellationToken)
    {
        var found = await draws.ReadList(before ?? int.MaxValue, Math.Clamp(limit, 1, MostDraws), cancellationToken);
        if (found is [{ HeldAt: null } open, ..])
            found[0] = (await Board(cancellationToken)).Open.Draw is { } watched && watched.Draw == open.Draw ? watched : open;
        return found;
    }

    public async Task<DrawRecord> Find(int draw, CancellationToken cancellationToken)
    {
        var found = await draws.Find(draw, cancellationToken) ?? throw new GraneroException(ErrorCode.DrawNotFound, $"There is no draw {draw}.");
        if (found.HeldAt is null && (await Board(cancellationToken)).Open is { } open && open.Draw.Draw == draw)
            return open;
        return await draws.RecordOf(found, cancellationToken);
    }

    public Task<StoredBatch[]> ReadBets(int draw, BatchPlace? after, int batches, CancellationToken cancellationToken) =>
        export.ReadBatches(draw, after ?? new(0, Guid.Empty), Math.Clamp(batches, 1, MostBatches), cancellationToken);

    public Task<Winner[]> ReadWinners(int draw, Winner? after, int limit, CancellationToken cancellationToken) =>
        export.ReadWinners(draw, after?.Agency ?? 0, after?.Position ?? 0, Math.Clamp(limit, 1, MostWinners), cancellationToken);

    private Task<LotteryBoard> Board(CancellationToken cancellationToken) => GrainFactory.GetGrain<ILotteryBoardGrain>(0).Look(cancellationToken);
}
