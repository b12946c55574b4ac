using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Granero.Gateways.Hosting;
using Granero.Gateways.Hosting.Peers;
using Granero.Peers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Peers;

/// <summary>The peers' four routes, as their known client calls them. Source: protocols.md, section 2.</summary>
internal sealed class PeersApi(IGrainFactory grains, GrainRetry retry, LeaseRenewal leases, LargeBodies largeBodies, IOptions<PeersOptions> options)
{
    private const string MaskedPassword = "********";
    private const string Bearer = "Bearer ";
    private const int TokenBytes = 32;

    public async Task LogInAsync(HttpContext http)
    {
        var (username, password, peerIp) = await PeersRequests.ReadLoginAsync(http.Request);
        var address = PeersRequests.ParseAddress(peerIp).ToString();
        // Made here, so that a call that has to be sent again is the same login.
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var login = new PeerLogin(address, password, CallerOf(http), Caller.HashOf(token));
        var peer = grains.GetGrain<IPeerGrain>(username);
        await retry.CallAsync(() => peer.LogIn(login, http.RequestAborted), http.RequestAborted);
        await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, new LoginReply(username, MaskedPassword, peerIp, token), PeersReplies.Json.LoginReply);
    }

    public async Task LogOutAsync(HttpContext http)
    {
        var peerIp = await PeersRequests.ReadLogoutAsync(http.Request);
        var (address, caller) = (AddressGrain(peerIp), CallerOf(http));
        await retry.CallAsync(() => address.LogOut(caller));
        await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, new MessageReply($"Logged out peer with IP {peerIp}"), PeersReplies.Json.MessageReply);
    }

    public async Task IndexFilesAsync(HttpContext http)
    {
        var caller = CallerOf(http);
        using var large = await largeBodies.EnterAsync(http, caller);
        var (peerIp, files) = await PeersRequests.ReadIndexFilesAsync(http.Request, options.Value.MaxFilesInRequest);
        var address = AddressGrain(peerIp);
        if (large is not null)
            await retry.CallAsync(() => address.CheckMayIndex(caller)); // before all those names travel
        await retry.CallAsync(() => address.IndexFiles(files, caller));
        await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, new MessageReply("Files indexed successfully."), PeersReplies.Json.MessageReply);
    }

    public async Task GetFilesAsync(HttpContext http)
    {
        var name = await PeersRequests.ReadGetFilesAsync(http.Request);
        leases.Note(RemoteIp(http), TokenOf(http));
        var files = grains.GetSharedFiles(name);
        var holders = await retry.CallAsync(() => files.FindHolders(name));
        if (holders.Length == 0)
            await JsonBody.WriteAsync(http.Response, StatusCodes.Status404NotFound, new MessageReply("File not found."), PeersReplies.Json.MessageReply);
        else
            await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, Array.ConvertAll(holders, holder => Describe(holder, name)), PeersReplies.Json.FileReplyArray);
    }

    private static FileReply Describe(FileHolder holder, string file) =>
        new(holder.PeerName, holder.Address, file, $"http://{PeerAddress.HostOf(holder.Address)}/download/{holder.PeerName}/{file}");

    private IPeerAddressGrain AddressGrain(string peerIp) =>
        grains.GetGrain<IPeerAddressGrain>(PeersRequests.ParseAddress(peerIp).Key);

    private static Caller CallerOf(HttpContext http) => Caller.From(RemoteIp(http), TokenOf(http));

    /// <remarks>There is none on a connection that is no socket, which only a server within a test has.</remarks>
    private static IPAddress RemoteIp(HttpContext http) => http.Connection.RemoteIpAddress ?? IPAddress.None;

    private static string? TokenOf(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization;
        return authorization is [{ } text] && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim() : null;
    }
}

internal static class PeersRoutes
{
    /// <summary>Bytes of a request that names no files: far more than its fields can take.</summary>
    private const int MaxSmallBodyBytes = 64 * 1024;

    public static void MapPeers(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<PeersApi>();
        var maxBodyBytes = app.Services.GetRequiredService<IOptions<PeersOptions>>().Value.MaxBodyBytes;
        var peers = app.MapDoor(Door.Peers).WithMetadata(ProblemShape.Error).WithTags("Peers");
        Map("/login", api.LogInAsync, MaxSmallBodyBytes).AcceptsAny<LoginRequest>().WithSummary("Log a peer in")
            .WithDescription("The first login registers the user with this password. peer_ip: where others download from it, an IP, perhaps with a port. "
                + "The token may be sent as Authorization: Bearer by a peer that calls from another address than the one that logged it in.")
            .Produces<LoginReply>().Refuses(StatusCodes.Status401Unauthorized).Refuses(StatusCodes.Status403Forbidden).Refuses(StatusCodes.Status429TooManyRequests)
            .Refuses(StatusCodes.Status503ServiceUnavailable)
            .WithExample("""{"username": "ana", "password": "secret", "peer_ip": "192.0.2.10:50051"}""", StatusCodes.Status200OK);
        Map("/logout", api.LogOutAsync, MaxSmallBodyBytes).AcceptsAny<LogoutRequest>().WithSummary("Log the peer at an address out")
            .WithDescription("Its files leave the index. Only the address that logged it in, or a bearer of its token, may do so.")
            .Produces<MessageReply>().Refuses(StatusCodes.Status403Forbidden)
            .WithExample("""{"peer_ip": "192.0.2.10:50051"}""", StatusCodes.Status200OK);
        Map("/indexFiles", api.IndexFilesAsync, maxBodyBytes).AcceptsAny<IndexFilesRequest>().WithSummary("Add names of files to the index")
            .WithDescription("What a peer has indexed before stays. Only the address that logged it in, or a bearer of its token, may do so.")
            .Produces<MessageReply>().Refuses(StatusCodes.Status403Forbidden).Refuses(StatusCodes.Status404NotFound).Refuses(StatusCodes.Status503ServiceUnavailable)
            .WithExample("""{"peer_ip": "192.0.2.10:50051", "peer_files": ["song.mp3", "notes.txt"]}""", StatusCodes.Status200OK);
        Map("/getFiles", api.GetFilesAsync, MaxSmallBodyBytes).AcceptsAny<GetFilesRequest>().WithSummary("Who has a file of this name")
            .WithDescription("All peers that are logged in and have indexed it, the one that did so first in front.")
            .Produces<FileReply[]>().Produces<MessageReply>(StatusCodes.Status404NotFound)
            .WithExample("""{"file_name": "song.mp3"}""", StatusCodes.Status200OK);

        RouteHandlerBuilder Map(string path, Delegate handler, int maxBytes) =>
            peers.MapPost(path, handler).WithMetadata(new RequestSizeLimitAttribute(maxBytes)).Refuses(StatusCodes.Status400BadRequest);
    }

    private static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, int status) => route.Produces<ErrorReply>(status);
}
