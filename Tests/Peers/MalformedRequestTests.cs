using System.Net;
using System.Net.Sockets;
using System.Text;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>Requests that make no sense get a sentence, and never a 500.</summary>
[Collection(PeersCollection.Name)]
public sealed class MalformedRequestTests(PeersCluster peers)
{
    private static readonly string TooLong = new('x', 300);

    public static TheoryData<string, string> Bodies { get; } = new()
    {
        { "/login", "" },
        { "/login", "{" },
        { "/login", "null" },
        { "/login", "[]" },
        { "/login", "\"ana\"" },
        { "/login", "{}" },
        { "/login", """{"username":"ana"}""" },
        { "/login", """{"username":"ana","password":"x"}""" },
        { "/login", """{"username":null,"password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":7,"password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"ana","password":["x"],"peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"a/b","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":" ","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"\u00a0","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"\u3000","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"C:\\x","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"..","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"a\u0000b","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"a\ud800b","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", $$"""{"username":"{{TooLong}}","password":"x","peer_ip":"10.0.0.1"}""" },
        { "/login", """{"username":"ana","password":"x","peer_ip":"localhost"}""" },
        { "/login", """{"username":"ana","password":"x","peer_ip":"10.0.0.1:0"}""" },
        { "/login", """{"username":"ana","password":"x","peer_ip":"10.0.0.1:70000"}""" },
        { "/login", """{"username":"ana","password":"x","peer_ip":"0x0a.1"}""" },
        { "/login", """{"username":"ana","password":"x","peer_ip":"10.0.0.1/download"}""" },
        { "/login", """{"username":"ana","password":"x","peer_ip":""}""" },
        { "/logout", "{}" },
        { "/logout", """{"peer_ip":17}""" },
        { "/logout", """{"peer_ip":"\u0000"}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1"}""" },
        { "/indexFiles", """{"peer_files":["a"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":"a"}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":{"a":1}}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["a",1]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["a",null]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["../etc/passwd"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["a/../b"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["a//b"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["/etc/passwd"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["..\\secret"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["C:secret"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["a\u0000.txt"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":["a\n.txt"]}""" },
        { "/indexFiles", """{"peer_ip":"10.0.0.1","peer_files":[""]}""" },
        { "/indexFiles", $$"""{"peer_ip":"10.0.0.1","peer_files":["{{TooLong}}"]}""" },
        { "/getFiles", "{}" },
        { "/getFiles", """{"file_name":true}""" },
        { "/getFiles", """{"file_name":"../a"}""" },
        { "/getFiles", """{"file_name":"a\u0000"}""" },
        { "/getFiles", $$"""{"file_name":"{{TooLong}}"}""" },
        { "/getFiles", new string('[', 1000) },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_request_gets_400_and_a_sentence(string path, string body)
    {
        using var client = peers.NewClient();

        var reply = await client.PostTextAsync(path, body);

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.EndsWith(".", reply.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_get_400()
    {
        using var http = new HttpClient { BaseAddress = peers.Gateway.Address };
        using var content = new ByteArrayContent([.. "{\"file_name\":\""u8, 0xC3, 0x28, .. "\"}"u8]) { Headers = { ContentType = new("application/json") } };

        using var response = await http.PostAsync(new Uri("/getFiles", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("80000000")]
    [InlineData("fffffffff")]
    [InlineData("no number")]
    public async Task A_chunk_that_has_no_length_that_could_be_gets_400(string length)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, peers.Gateway.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /getFiles HTTP/1.1\r\nHost: granero\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{length}\r\n"),
            TestContext.Current.CancellationToken);
        using var reply = new StreamReader(stream, Encoding.ASCII);

        Assert.Equal("HTTP/1.1 400 Bad Request", await reply.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_page_in_a_browser_cannot_act_for_the_peer_whose_browser_it_is(string contentType)
    {
        using var client = peers.NewClient();
        await client.LogInAsync(peers.New("peer"));

        var reply = await client.PostTextAsync("/logout", $$"""{"peer_ip":"{{client.Ip}}"}""", contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.Status);
        Assert.Contains("application/json", reply.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.IndexAsync(["a"])).Status);
    }

    [Theory]
    [InlineData("/getFiles", 64 * 1024)]
    [InlineData("/indexFiles", 16 * 1024 * 1024)]
    public async Task A_body_above_the_limit_gets_413(string path, int limit)
    {
        using var client = peers.NewClient();
        var body = new StringBuilder("{\"file_name\":\"").Append('x', limit).Append("\"}").ToString();

        var reply = await client.PostTextAsync(path, body);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "The body is too large."), (reply.Status, reply.Json.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Too_many_files_in_a_request_are_refused_whole()
    {
        using var client = peers.NewClient();
        var (name, prefix) = (peers.New("peer"), peers.New("file"));
        await client.LogInAsync(name);

        var reply = await client.IndexAsync([.. Enumerable.Range(0, 10_001).Select(i => $"{prefix}-{i}")]);

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Empty(await client.HoldersAsync($"{prefix}-0"));
    }

    [Fact]
    public async Task One_bad_name_refuses_the_whole_request()
    {
        using var client = peers.NewClient();
        var file = peers.New("file");
        await client.LogInAsync(peers.New("peer"));

        Assert.Equal(HttpStatusCode.BadRequest, (await client.IndexAsync([file, "../x"])).Status);

        Assert.Empty(await client.HoldersAsync(file));
    }

    [Fact]
    public async Task What_no_route_takes_is_answered_with_ProblemDetails()
    {
        using var http = new HttpClient { BaseAddress = peers.Gateway.Address };

        using var unknown = await http.GetAsync(new Uri("/nothing", UriKind.Relative), TestContext.Current.CancellationToken);
        using var method = await http.GetAsync(new Uri("/login", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "application/problem+json"), (method.StatusCode, method.Content.Headers.ContentType?.MediaType));
    }
}
