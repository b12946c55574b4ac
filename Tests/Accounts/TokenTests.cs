using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granero.Gateways.Rest.Accounts;
using Granero.Tests.Support;
using Granero.Tests.Support.Operators;
using Granero.Tests.Support.Peers;
using Granero.Tests.Support.Videos;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Granero.Tests.Accounts;

/// <summary>Who may call, and what the others are told.</summary>
[Collection(VideosCollection.Name)]
public sealed class TokenTests(VideosCluster cluster)
{
    public static TheoryData<string, string> Guarded { get; } = new()
    {
        { "GET", "/api/tasks" }, { "POST", "/api/tasks" }, { "GET", "/api/tasks/1" }, { "DELETE", "/api/tasks/1" }, { "GET", "/api/video/download/2026/01/01/1_x.mp4" },
    };

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Without_a_good_token_old_clients_get_a_msg(string method, string path)
    {
        using var client = new VideosClient(cluster.Gateway);

        var without = await client.SendAsync(new(method), path);
        var bad = await client.SendAsync(new(method), path, headers: ("Authorization", "Bearer nonsense"));

        Assert.Equal((HttpStatusCode.Unauthorized, """{"msg":"Missing Authorization Header"}"""), (without.Status, without.Text));
        Assert.Equal((HttpStatusCode.Unauthorized, """{"msg":"Not a valid token"}"""), (bad.Status, bad.Text));
        Assert.NotEmpty(without.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("GET", "/videos")]
    [InlineData("POST", "/videos/uploads")]
    public async Task New_clients_get_a_problem(string method, string path)
    {
        using var client = new VideosClient(cluster.Gateway);

        var reply = await client.SendAsync(new(method), path);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.Equal("application/problem+json", reply.ContentHeaders.ContentType?.MediaType);
    }

    [Fact]
    public async Task Every_gateway_accepts_the_tokens_of_the_others_and_a_restart_changes_nothing()
    {
        using var user = await cluster.NewUserAsync();
        await using var another = await cluster.StartGatewayAsync();
        using var there = new HttpClient { BaseAddress = another.MainAddress };
        there.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;

        Assert.Equal("""{"data":[]}""", await there.GetStringAsync("/api/tasks", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Gateways_that_start_at_the_same_time_make_one_key()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await SiloCluster.DeployAsync(database, silos: 1, ("Accounts:PasswordIterations", "1000"));

        var gateways = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PeersGateway.StartAsync(silo.Client)));
        var tokens = await Task.WhenAll(gateways.Select(gateway => VideosClient.LogInAsync(gateway.MainAddress)));
        Assert.Equal(["1"], await database.Rows("select count(*) from token_keys"));
        foreach (var gateway in gateways)
        {
            foreach (var user in tokens)
            {
                using var there = new HttpClient { BaseAddress = gateway.MainAddress };
                there.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
                Assert.Equal("""{"data":[]}""", await there.GetStringAsync("/api/tasks", TestContext.Current.CancellationToken));
            }
        }

        foreach (var user in tokens)
            user.Dispose();
        foreach (var gateway in gateways)
            await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_token_is_good_for_a_day()
    {
        await using var gateway = await cluster.StartGatewayAsync();
        using var user = await cluster.NewUserAsync();
        var id = long.Parse(Assert.Single(await cluster.Database.Rows("select max(id) from users")), CultureInfo.InvariantCulture);
        var time = new ManualTime();
        var maker = new Tokens(gateway.Service<IOptionsMonitor<BearerTokenOptions>>(), time);
        time.Advance(DateTimeOffset.UtcNow - TimeSpan.FromDays(1) - time.GetUtcNow() + TimeSpan.FromMinutes(1));
        var young = maker.Make(id, "ana");
        time.Advance(-TimeSpan.FromMinutes(2));
        var old = maker.Make(id, "ana");
        using var client = new VideosClient(gateway.MainAddress);

        var good = await client.SendAsync(HttpMethod.Get, "/api/tasks", headers: ("Authorization", $"Bearer {young}"));
        var expired = await client.SendAsync(HttpMethod.Get, "/api/tasks", headers: ("Authorization", $"Bearer {old}"));

        Assert.Equal(HttpStatusCode.OK, good.Status);
        Assert.Equal((HttpStatusCode.Unauthorized, """{"msg":"Token has expired"}"""), (expired.Status, expired.Text));
    }

    [Fact]
    public async Task An_operator_who_disables_a_user_ends_its_tokens_at_once_at_every_gateway_and_for_good()
    {
        await AdminCluster.AddOperator(cluster.Database, "eva", "a long password");
        using var admin = new HttpClient { BaseAddress = cluster.Gateway };
        using var login = await admin.PostAsJsonAsync("/admin/login", new { name = "eva", password = "a long password" }, TestContext.Current.CancellationToken);
        admin.DefaultRequestHeaders.Authorization = new("Bearer", (await login.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("token").GetString());
        await using var another = await cluster.StartGatewayAsync();
        using var user = await cluster.NewUserAsync();
        using var bystander = await cluster.NewUserAsync();
        using var there = new VideosClient(another.MainAddress);
        there.Http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/api/tasks")).Status);

        await ChangeAsync("disable");
        var (old, recent, again) = (await there.GetAsync("/api/tasks"), await user.GetAsync("/videos"), await user.LogInAgainAsync());
        Assert.Equal((HttpStatusCode.Unauthorized, """{"msg":"Token has been revoked"}"""), (old.Status, old.Text));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (recent.Status, again.Status));
        Assert.Equal("""{"message":"El usuario está inhabilitado"}""", again.Text);
        Assert.Equal(HttpStatusCode.OK, (await bystander.GetAsync("/api/tasks")).Status);

        await ChangeAsync("enable");
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.GetAsync("/api/tasks")).Status);
        Assert.Equal(HttpStatusCode.OK, (await user.LogInAgainAsync()).Status);
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("/api/tasks")).Status);

        async Task ChangeAsync(string change)
        {
            using var reply = await admin.PostAsync(new Uri($"/admin/users/{user.Username}/{change}", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        }
    }
}
