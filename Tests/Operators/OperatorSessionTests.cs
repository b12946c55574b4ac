using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granero.Tests.Support;
using Granero.Tests.Support.Operators;
using Granero.Tests.Support.Peers;
using Xunit;

namespace Granero.Tests.Operators;

/// <summary>Operators' accounts: who gets in, until when, and what is kept of it.</summary>
[Collection(AdminCollection.Name)]
public sealed class OperatorSessionTests(AdminCluster admin)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_lasts_until_its_logout()
    {
        using var client = await admin.LogIn();
        Assert.Equal(AdminCluster.Operator, (await client.GetFromJsonAsync<JsonElement>("/admin/me", Token)).GetProperty("name").GetString());

        using var logout = await client.PostAsync(new Uri("/admin/logout", UriKind.Relative), content: null, Token);
        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);

        using var after = await client.GetAsync(new Uri("/admin/me", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Theory]
    [InlineData("ana", "a wrong password")]
    [InlineData("nobody", "a long password")]
    [InlineData(" ", "a long password")]
    [InlineData("\u2003\u3000", "a long password")]
    [InlineData("a\u0000b", "a long password")]
    public async Task A_wrong_password_and_an_unknown_name_are_told_the_same(string name, string password)
    {
        using var stranger = admin.Stranger();
        using var response = await stranger.PostAsJsonAsync("/admin/login", new { name, password }, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("There is no operator of that name with that password.", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await AdminCluster.AddOperator(admin.Database, "guessed", "the right password");
        using var stranger = admin.Stranger();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await stranger.PostAsJsonAsync("/admin/login", new { name = "guessed", password = $"wrong {i}" }, Token);
            statuses.Add(response.StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }

    [Fact]
    public async Task Tokens_and_passwords_are_stored_as_hashes_only()
    {
        using var client = await admin.LogIn();
        var token = client.DefaultRequestHeaders.Authorization!.Parameter!;
        foreach (var row in await admin.Database.Rows("select o::text from operators o union all select s::text from operator_sessions s union all select a::text from operator_audit a"))
        {
            Assert.DoesNotContain(token, row, StringComparison.Ordinal);
            Assert.DoesNotContain(AdminCluster.Password, row, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_is_in_no_record()
    {
        await AdminCluster.AddOperator(admin.Database, "eva", "the first password");
        using var other = await admin.LogIn("eva", "the first password");
        using var client = await admin.LogIn("eva", "the first password");
        using var change = await client.PostAsJsonAsync("/admin/password", new { password = "the first password", new_password = "the second password" }, Token);
        Assert.Equal(HttpStatusCode.NoContent, change.StatusCode);

        using var here = await client.GetAsync(new Uri("/admin/me", UriKind.Relative), Token);
        using var there = await other.GetAsync(new Uri("/admin/me", UriKind.Relative), Token);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (here.StatusCode, there.StatusCode));
        Assert.Equal(["POST /admin/password||done"], await admin.Database.Rows("select action, detail, outcome from operator_audit where operator = 'eva'"));
        using var again = await admin.LogIn("eva", "the second password");
    }

    [Fact]
    public async Task Another_sites_page_cannot_use_the_cookie()
    {
        using var client = await admin.LogIn();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/me");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var response = await client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_for_scripts_and_other_sites()
    {
        using var stranger = admin.Stranger();
        using var response = await stranger.PostAsJsonAsync("/admin/login", new { name = AdminCluster.Operator, password = AdminCluster.Password }, Token);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operator_of_the_file_is_there_and_a_password_that_was_changed_since_stays()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "root:given by the file\n", Token);
            await using var database = await TestDatabase.CreateAsync();
            await StartWith(database, file);
            var given = await database.Rows("select operator, password_hash from operators");
            Assert.StartsWith("root|", Assert.Single(given), StringComparison.Ordinal);

            await database.Execute("update operators set password_hash = 'changed'");
            await StartWith(database, file);
            Assert.Equal(["root|changed"], await database.Rows("select operator, password_hash from operators"));

            await File.WriteAllTextAsync(file, "root:given by the file, a new one\n", Token);
            await StartWith(database, file);
            Assert.NotEqual(["root|changed"], await database.Rows("select operator, password_hash from operators"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task StartWith(TestDatabase database, string file)
    {
        await using var cluster = await SiloCluster.DeployAsync(database, silos: 1, PeersCluster.FastPasswords, ("Admin:OperatorFile", file));
    }
}
