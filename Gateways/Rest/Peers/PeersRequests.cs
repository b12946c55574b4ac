using Granero.Peers;

namespace Granero.Gateways.Rest.Peers;

/// <summary>Turns a request's body into what grains take, or refuses it with a sentence.</summary>
internal static class PeersRequests
{
    private const string LoginShape = "a JSON object with the texts username, password and peer_ip";
    private const string LogoutShape = "a JSON object with the text peer_ip";
    private const string IndexFilesShape = "a JSON object with the text peer_ip and the list of texts peer_files";
    private const string GetFilesShape = "a JSON object with the text file_name";

    public static async ValueTask<(string Username, string Password, string PeerIp)> ReadLoginAsync(HttpRequest request)
    {
        var body = await JsonBody.ReadAsync(request, PeersJson.Default.LoginRequest, LoginShape);
        var username = Given(body.Username, "username");
        Refuse(PeerNames.FaultOfPeer(username));
        return (username, Given(body.Password, "password"), Given(body.PeerIp, "peer_ip"));
    }

    public static async ValueTask<string> ReadLogoutAsync(HttpRequest request)
    {
        var body = await JsonBody.ReadAsync(request, PeersJson.Default.LogoutRequest, LogoutShape);
        return Given(body.PeerIp, "peer_ip");
    }

    public static async ValueTask<(string PeerIp, string[] Files)> ReadIndexFilesAsync(HttpRequest request, int maxFiles)
    {
        var body = await JsonBody.ReadAsync(request, PeersJson.Default.IndexFilesRequest, IndexFilesShape);
        var files = body.PeerFiles ?? throw Missing("peer_files");
        if (files.Length > maxFiles)
            throw Problems.BadRequest($"One request may index {maxFiles} files, and this one has {files.Length}: send several.");
        foreach (var file in files)
            Refuse(PeerNames.FaultOfFile(file ?? throw Missing("peer_files[]")));
        return (Given(body.PeerIp, "peer_ip"), files);
    }

    public static async ValueTask<string> ReadGetFilesAsync(HttpRequest request)
    {
        var body = await JsonBody.ReadAsync(request, PeersJson.Default.GetFilesRequest, GetFilesShape);
        var name = Given(body.FileName, "file_name");
        Refuse(PeerNames.FaultOfFile(name));
        return name;
    }

    public static PeerAddress ParseAddress(string peerIp) => PeerAddress.TryParse(peerIp, out var address)
        ? address
        : throw Problems.BadRequest("peer_ip must be an IP, such as 10.0.0.7, and may carry a port, such as 10.0.0.7:50051 or [fd00::7]:50051.");

    private static string Given(string? value, string field) => value ?? throw Missing(field);

    private static BadHttpRequestException Missing(string field) => Problems.BadRequest($"The field {field} is missing.");

    private static void Refuse(string? fault)
    {
        if (fault is not null)
            throw Problems.BadRequest(fault);
    }
}
