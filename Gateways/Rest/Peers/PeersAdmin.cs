using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Live;
using Granero.Gateways.Rest.Operators;
using Granero.Peers;

namespace Granero.Gateways.Rest.Peers;

/// <summary>What operators see of the peers, and may do with them.</summary>
internal sealed class PeersAdmin(IGrainFactory grains, GrainRetry retry, LiveStream live)
{
    private const int PageRows = 100;

    private IPeerDirectoryGrain Directory => grains.GetGrain<IPeerDirectoryGrain>(0);

    public IResult Watch(HttpContext http, string? search, string? after) =>
        live.Of(http, "peers", async ended => await Directory.Look(search ?? "", after ?? "", PageRows, ended));

    public Task<PeersBoard> ListAsync(HttpContext http, string? search, string? after, int? limit) =>
        retry.CallAsync(() => Directory.Look(search ?? "", after ?? "", limit ?? PageRows), http.RequestAborted);

    public Task<string[]> FilesAsync(HttpContext http, string peer, string? after, int? limit) =>
        retry.CallAsync(() => Directory.Files(peer, after ?? "", limit ?? PageRows), http.RequestAborted);

    public async Task<IResult> DropAsync(string peer)
    {
        if (PeerNames.FaultOfPeer(peer) is { } fault)
            throw Problems.BadRequest(fault);
        return await retry.CallAsync(() => grains.GetGrain<IPeerGrain>(peer).Drop())
            ? Results.NoContent()
            : Results.Problem($"Peer {peer} is not logged in.", statusCode: StatusCodes.Status404NotFound);
    }
}

/// <summary>Knows the tokens of peers that are logged in.</summary>
internal sealed class PeersTokens(IGrainFactory grains, GrainRetry retry) : IUserTokens
{
    public Task<bool> IsUsersAsync(string token, CancellationToken cancellationToken) =>
        retry.CallAsync(() => grains.GetGrain<IPeerDirectoryGrain>(0).IsToken(Caller.HashOf(token)), cancellationToken);
}

internal static class PeersAdminRoutes
{
    public static void AddPeersAdmin(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<PeersAdmin>().AddSingleton<IUserTokens, PeersTokens>();

    public static void MapPeersAdmin(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<PeersAdmin>();
        var admin = app.MapAdmin("/peers", "Peers");
        admin.MapGet("/live", api.Watch).WithSummary("Counts and a page of the peers that are logged in, live")
            .WithDescription("Server-sent events of the type peers, once a second. search, after: as in the list.").WithExample(StatusCodes.Status200OK, "?search=ana")
            .Produces<PeersBoard>(contentType: "text/event-stream");
        admin.MapGet("", api.ListAsync).WithSummary("Peers that are logged in, in the order of names")
            .WithDescription("search: a part of the name or the address. after: the last name of the page before. limit: 1 to 500, 100 unless given.")
            .WithExample(StatusCodes.Status200OK, "?search=ana&limit=10");
        admin.MapGet("/{peer}/files", api.FilesAsync).WithSummary("Files that a peer shares, in the order of names")
            .WithDescription("after: the last name of the page before. limit: 1 to 500, 100 unless given.").WithExample(StatusCodes.Status200OK, "ana");
        admin.MapDelete("/{peer}", api.DropAsync).WithSummary("Log a peer out").WithDescription("Its token ends and its files leave the index, at once. It may log in again.")
            .WithExample(StatusCodes.Status404NotFound, "nobody").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }
}
