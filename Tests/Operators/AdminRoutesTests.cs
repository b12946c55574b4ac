using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granero.Tests.Support;
using Granero.Tests.Support.Operators;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Operators;

/// <summary>What holds for every admin route, by a walk over the OpenAPI document.</summary>
[Collection(AdminCollection.Name)]
public sealed class AdminRoutesTests(AdminCluster admin)
{
    [Fact]
    public async Task Without_a_token_every_admin_route_is_401()
    {
        using var stranger = admin.Stranger();
        await AssertEveryRoute(stranger, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task With_a_users_token_every_admin_route_is_403()
    {
        using var user = await admin.LogInAsPeer("a-user");
        await AssertEveryRoute(user, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Until_an_operator_exists_every_admin_route_is_404_and_says_why()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1);
        await using var gateway = await PeersGateway.StartAsync(cluster.Client);
        using var stranger = new HttpClient { BaseAddress = gateway.MainAddress };
        await AssertEveryRoute(stranger, HttpStatusCode.NotFound);
        using var login = await stranger.PostAsJsonAsync("/admin/login", new { name = "ana", password = "a long password" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, login.StatusCode);
        Assert.Contains("no operator exists", await login.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task AssertEveryRoute(HttpClient client, HttpStatusCode expected)
    {
        var routes = (await OperationsOf(client)).Where(route => route.Path != "/admin/login").ToArray();
        Assert.True(routes.Length >= 15, $"{routes.Length} routes");
        foreach (var (method, path, _) in routes)
        {
            using var request = new HttpRequestMessage(new(method), path.Replace("{id}", path.StartsWith("/admin/tasks", StringComparison.Ordinal) ? $"{Guid.Empty}" : "1", StringComparison.Ordinal)
                .Replace("{draw}", "1", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(expected == response.StatusCode, $"{method} {path}: {response.StatusCode}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    private static async Task<(string Method, string Path, JsonElement Operation)[]> OperationsOf(HttpClient client)
    {
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        return
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               where path.Name.StartsWith("/admin", StringComparison.Ordinal)
               from operation in path.Value.EnumerateObject()
               select (operation.Name.ToUpperInvariant(), path.Name, operation.Value),
        ];
    }
}
