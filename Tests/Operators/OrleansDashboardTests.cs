using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granero.Tests.Support.Operators;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Operators;

/// <summary>Orleans' dashboard, which has no idea of who may see it.</summary>
[Collection(AdminCollection.Name)]
public sealed class OrleansDashboardTests(AdminCluster admin)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/index.min.js")]
    [InlineData("/DashboardCounters")]
    [InlineData("/ClusterStats")]
    [InlineData("/Reminders/1")]
    [InlineData("/GrainState")]
    [InlineData("/Trace")]
    public async Task Nobody_but_operators_gets_any_part_of_it(string part)
    {
        using var stranger = admin.Stranger();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(stranger, part));
        using var user = await admin.LogInAsPeer("a-user-of-the-dashboard");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusOf(user, part));
    }

    [Fact]
    public async Task An_operator_sees_the_silo()
    {
        using var client = await admin.LogIn();
        Assert.Equal(HttpStatusCode.OK, await StatusOf(client, "/"));
        var counters = await client.GetFromJsonAsync<JsonElement>("/admin/dashboard/DashboardCounters", Token);
        Assert.Equal("Active", Assert.Single(counters.GetProperty("hosts").EnumerateArray()).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("/GrainState?grainId=1&grainType=Granero.Lottery.DrawGrain")]
    [InlineData("/grainstate/?grainId=1&grainType=Granero.Lottery.DrawGrain")]
    [InlineData("/Trace")]
    public async Task What_could_change_something_unrecorded_or_show_the_log_is_off(string part)
    {
        using var client = await admin.LogIn();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusOf(client, part));
    }

    [Fact]
    public async Task It_is_off_unless_it_is_asked_for()
    {
        await using var gateway = await PeersGateway.StartAsync(admin.Grains);
        using var client = await admin.LogIn();
        using var other = new HttpClient { BaseAddress = gateway.MainAddress };
        other.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        Assert.Equal(HttpStatusCode.NotFound, await StatusOf(other, "/"));
        Assert.Equal(JsonValueKind.Null, (await other.GetFromJsonAsync<JsonElement>("/admin/me", Token)).GetProperty("dashboard").ValueKind);
        Assert.Equal("/admin/dashboard/", (await client.GetFromJsonAsync<JsonElement>("/admin/me", Token)).GetProperty("dashboard").GetString());
    }

    private static async Task<HttpStatusCode> StatusOf(HttpClient client, string part)
    {
        using var response = await client.GetAsync(new Uri("/admin/dashboard" + part, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Token);
        return response.StatusCode;
    }
}
