using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Live;
using Granero.Gateways.Rest.Operators;
using Granero.Lottery;
using Microsoft.AspNetCore.Mvc;

namespace Granero.Gateways.Rest.Lottery;

/// <summary>What operators see of the lottery, and may do with it.</summary>
internal sealed class LotteryAdmin(IGrainFactory grains, GrainRetry retry, LiveStream live, CsvExport export)
{
    /// <summary>Together with the time until silos tell their counts, below a second.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private ILotteryRecordsGrain Records => grains.GetGrain<ILotteryRecordsGrain>(0);

    public IResult Watch(HttpContext http) =>
        live.Of(http, "lottery", async ended => await grains.GetGrain<ILotteryBoardGrain>(0).Look(ended), Period);

    public Task<DrawSummary[]> ListAsync(HttpContext http, int? before, int? limit) =>
        retry.CallAsync(() => Records.Draws(before, limit ?? 50), http.RequestAborted);

    public Task<DrawRecord> FindAsync(HttpContext http, int draw) => retry.CallAsync(() => Records.Find(draw), http.RequestAborted);

    public async Task<IResult> SetDeadlineAsync(int draw, DeadlineBody body)
    {
        await retry.CallAsync(() => grains.GetGrain<IDrawGrain>(draw).SetDeadline(body.Deadline));
        return Results.NoContent();
    }

    public async Task<DrawRecord> HoldAsync(HttpContext http, int draw)
    {
        await retry.CallAsync(() => grains.GetGrain<IDrawGrain>(draw).HoldNow());
        return await FindAsync(http, draw);
    }

    public async Task BetsAsync(HttpContext http, int draw)
    {
        await FindAsync(http, draw);
        await export.SendAsync(http, $"draw-{draw}-bets.csv", "draw,agency,first_name,last_name,document,birthdate,number", new BetPages(Records, draw));
    }

    public async Task WinnersAsync(HttpContext http, int draw)
    {
        await FindAsync(http, draw);
        await export.SendAsync(http, $"draw-{draw}-winners.csv", "draw,agency,position,document", new WinnerPages(Records, draw));
    }

    /// <summary>When a draw is held with whoever is ready; null leaves it to the settings.</summary>
    internal sealed record DeadlineBody(DateTimeOffset? Deadline);
}

internal static class LotteryAdminRoutes
{
    private const int MaxBodyBytes = 1024;

    public static void AddLotteryAdmin(this WebApplicationBuilder builder) => builder.Services.AddSingleton<LotteryAdmin>().AddSingleton<CsvExport>();

    public static void MapLotteryAdmin(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<LotteryAdmin>();
        var admin = app.MapAdmin("/lottery", "Lottery");
        admin.MapGet("/live", api.Watch).WithSummary("The open draw and the last one, live").WithDescription("Server-sent events of the type lottery, twice a second.").WithExample(StatusCodes.Status200OK)
            .Produces<LotteryBoard>(contentType: "text/event-stream");
        admin.MapGet("/draws", api.ListAsync).WithSummary("Draws, the latest first")
            .WithDescription("One draw is always open: when it is held, the next one is open. before: only draws below this number. limit: 1 to 200, 50 unless given.")
            .WithExample(StatusCodes.Status200OK, "?limit=10");
        admin.MapGet("/draws/{draw:int}", api.FindAsync).WithSummary("A draw with its agencies").WithDescription("Bets and batches of each, and whether it is ready; of a draw that is held, its winners.")
            .WithExample(StatusCodes.Status200OK, "1").ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapPut("/draws/{draw:int}/deadline", api.SetDeadlineAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Hold the draw at a time").WithDescription("With whoever is ready then, unless all are ready before; null leaves it to the settings.")
            .WithExample("""{"deadline": "2100-01-01T00:00:00Z"}""", StatusCodes.Status204NoContent, "1")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        admin.MapPost("/draws/{draw:int}/hold", api.HoldAsync).WithSummary("Hold the draw now, with whoever is ready")
            .WithDescription("Cannot be undone. A draw that has been held stays as it is, so repeating it is harmless.")
            .WithExample(StatusCodes.Status200OK, "1").ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapGet("/draws/{draw:int}/bets.csv", api.BetsAsync).WithSummary("All bets of a draw, by agency").WithDescription("As they are read from the database, so of any size; with an apostrophe before what a spreadsheet would run.")
            .WithExample(StatusCodes.Status200OK, "1").Produces<string>(contentType: "text/csv").ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapGet("/draws/{draw:int}/winners.csv", api.WinnersAsync).WithSummary("The winners of a draw, by agency").WithDescription("None, until it is held.")
            .WithExample(StatusCodes.Status200OK, "1").Produces<string>(contentType: "text/csv").ProducesProblem(StatusCodes.Status404NotFound);
    }
}
