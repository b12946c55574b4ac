using System.Buffers.Text;
using System.Net;
using System.Text;
using Granero.Peers;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>What the known command-line client does and reads. Source: protocols.md, section 2.</summary>
[Collection(PeersCollection.Name)]
public sealed class KnownClientTests(PeersCluster peers)
{
    [Fact]
    public async Task A_session_of_the_known_client()
    {
        using var client = peers.NewClient();
        var (name, file) = (peers.New("ana"), peers.New("canción.txt"));

        var login = await client.LogInAsync(name);
        Assert.Equal(HttpStatusCode.OK, login.Status);
        var token = login.Json.GetProperty("token").GetString();
        Assert.Equal($$"""{"username":"{{name}}","password":"********","peer_ip":"{{client.Ip}}","token":"{{token}}"}""", login.Text);

        var index = await client.IndexAsync([file, "other.txt"]);
        Assert.Equal((HttpStatusCode.OK, """{"message":"Files indexed successfully."}"""), (index.Status, index.Text));

        var found = await client.GetFilesAsync(file);
        Assert.Equal(HttpStatusCode.OK, found.Status);
        Assert.Equal(
            $$"""[{"peer_name":"{{name}}","peer_ip":"{{client.Ip}}","file_name":"{{file}}","download_link":"http://{{client.Ip}}/download/{{name}}/{{file}}"}]""",
            found.Text);

        var logout = await client.LogOutAsync();
        Assert.Equal((HttpStatusCode.OK, $$"""{"message":"Logged out peer with IP {{client.Ip}}"}"""), (logout.Status, logout.Text));

        var gone = await client.GetFilesAsync(file);
        Assert.Equal((HttpStatusCode.NotFound, """{"message":"File not found."}"""), (gone.Status, gone.Text));
        var late = await client.IndexAsync([file]);
        Assert.Equal((HttpStatusCode.NotFound, """{"error":"Peer IP not found."}"""), (late.Status, late.Text));
        Assert.Equal(HttpStatusCode.OK, (await client.LogOutAsync()).Status);
    }

    [Fact]
    public async Task Indexing_adds_to_what_was_indexed_before()
    {
        using var client = peers.NewClient();
        var (name, first, second) = (peers.New("peer"), peers.New("first"), peers.New("second"));
        await client.LogInAsync(name);

        await client.IndexAsync([first]);
        await client.IndexAsync([second, second]);

        Assert.Equal([$"{name}@{client.Ip}"], await client.HoldersAsync(first));
        Assert.Equal([$"{name}@{client.Ip}"], await client.HoldersAsync(second));
    }

    [Fact]
    public async Task Who_has_indexed_a_file_for_longest_comes_first()
    {
        var file = peers.New("file");
        var clients = Enumerable.Range(0, 4).Select(_ => peers.NewClient()).ToArray();
        var names = new List<string>();
        foreach (var client in clients.Reverse())
        {
            names.Add($"{peers.New("peer")}@{client.Ip}");
            await client.LogInAsync(names[^1].Split('@')[0]);
            await client.IndexAsync([file]);
        }

        await clients[^1].IndexAsync([file]); // the first, again: it keeps its place

        Assert.Equal(names, await clients[0].HoldersAsync(file));
    }

    [Theory]
    [InlineData(":50052", "")]
    [InlineData(":50051", "")]
    [InlineData("", "::ffff:")]
    public async Task The_address_of_a_peer_may_carry_a_port_and_be_written_in_several_ways(string port, string prefix)
    {
        using var client = peers.NewClient();
        var (name, file) = (peers.New("peer"), peers.New("file"));

        var login = await client.LogInAsync(name, peerIp: prefix + client.Ip + port);
        await client.IndexAsync([file], client.Ip + port);

        Assert.Equal(prefix + client.Ip + port, login.Json.GetProperty("peer_ip").GetString());
        Assert.Equal([$"{name}@{client.Ip}{port}"], await client.HoldersAsync(file));
    }

    [Fact]
    public async Task Peers_may_be_at_addresses_of_IPv6()
    {
        using var client = peers.ClientAt("2001:db8::7");
        var (name, file) = (peers.New("peer"), peers.New("file"));

        await client.LogInAsync(name, peerIp: "[2001:DB8:0::7]:50052");
        await client.IndexAsync([file], "[2001:db8::7]:50052");

        var entry = (await client.GetFilesAsync(file)).Json[0];
        Assert.Equal("[2001:db8::7]:50052", entry.GetProperty("peer_ip").GetString());
        Assert.Equal($"http://[2001:db8::7]:50052/download/{name}/{file}", entry.GetProperty("download_link").GetString());
    }

    [Fact]
    public async Task Ten_thousand_names_are_indexed_by_one_request()
    {
        using var client = peers.NewClient();
        var (name, prefix) = (peers.New("peer"), peers.New("file"));
        string[] files = [.. Enumerable.Range(0, 10_000).Select(i => $"{prefix}/{i}")];
        await client.LogInAsync(name);
        await client.IndexAsync(files[..100]);
        await client.HoldersAsync(files[0]); // some of it is in memory already

        Assert.Equal(HttpStatusCode.OK, (await client.IndexAsync(files)).Status);

        foreach (var file in files.Where((_, i) => i % 97 == 0))
            Assert.Equal([$"{name}@{client.Ip}"], await client.HoldersAsync(file));
        Assert.Equal(["10000"], await peers.Database.Rows($"select count(*) from shared_files where peer = '{name}'"));
        Assert.Equal(HttpStatusCode.OK, (await client.LogOutAsync()).Status);
        foreach (var file in files.Where((_, i) => i % 97 == 0))
            Assert.Empty(await client.HoldersAsync(file));
    }

    [Fact]
    public async Task Neither_password_nor_token_is_stored()
    {
        using var client = peers.NewClient();
        var name = peers.New("peer");

        var login = await client.LogInAsync(name, "correct horse");

        var token = login.Json.GetProperty("token").GetString()!;
        var rows = await peers.Database.Rows($"select p::text, l::text from peers p join logged_in_peers l using (peer) where peer = '{name}'");
        Assert.DoesNotContain("correct horse", Assert.Single(rows), StringComparison.Ordinal);
        string[] forms = [token, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(token)), Convert.ToHexStringLower(Base64Url.DecodeFromChars(token))];
        Assert.All(forms, form => Assert.DoesNotContain(form, rows[0], StringComparison.OrdinalIgnoreCase));
        Assert.Contains(Convert.ToHexStringLower(Caller.HashOf(token)), rows[0], StringComparison.Ordinal); // so that is how it would show
    }
}
