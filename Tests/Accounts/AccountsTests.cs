using System.Net;
using Granero.Tests.Support.Videos;
using Xunit;
using Reply = Granero.Tests.Support.Videos.VideosClient.Reply;

namespace Granero.Tests.Accounts;

/// <summary>Sign-up and login, word for word. Source: protocols.md, section 4.</summary>
[Collection(VideosCollection.Name)]
public sealed class AccountsTests(VideosCluster cluster)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task A_user_signs_up_and_logs_in(string slash)
    {
        using var client = new VideosClient(cluster.Gateway);
        var name = NewName();

        var signUp = await client.PostAsync($"/api/auth/signup{slash}", SignUp(name));
        Assert.Equal((HttpStatusCode.Created, """{"message":"Usuario creado"}"""), (signUp.Status, signUp.Text));

        var login = await client.PostAsync($"/api/auth/login{slash}", new { username = name, password = "12345678" });
        Assert.Equal(HttpStatusCode.OK, login.Status);
        client.Http.DefaultRequestHeaders.Authorization = new("Bearer", login.Json.GetProperty("token").GetString());
        Assert.Equal("""{"data":[]}""", (await client.GetAsync($"/api/tasks{slash}")).Text);
    }

    [Theory]
    [InlineData("""{"username":"x","password1":"12345678","password2":"12345678"}""", "Faltan campos por llenar")]
    [InlineData("""{"username":"","password1":"12345678","password2":"12345678","email":"a@b"}""", "Faltan campos por llenar")]
    [InlineData("""{"username":" ","password1":"12345678","password2":"12345678","email":"a@b"}""", "Faltan campos por llenar")]
    [InlineData("""{"username":"\u00a0","password1":"12345678","password2":"12345678","email":"a@b"}""", "Faltan campos por llenar")]
    [InlineData("""{"username":"\u2003\u3000","password1":"12345678","password2":"12345678","email":"a@b"}""", "Faltan campos por llenar")]
    [InlineData("""{"username":"x","password1":"12345678","password2":"12345678","email":" "}""", "Faltan campos por llenar")]
    [InlineData("""{"username":"x","password1":"12345678","password2":"12345679","email":"a@b"}""", "Las contraseñas no coinciden")]
    [InlineData("""{"username":"x","password1":"1234567","password2":"1234567","email":"a@b"}""", "La contraseña debe tener al menos 8 caracteres")]
    [InlineData("""{"username":"a\u0000b","password1":"12345678","password2":"12345678","email":"a@b"}""", "El nombre de usuario no es válido")]
    [InlineData("""{"username":"x","password1":"12345678","password2":"12345678","email":"nobody"}""", "El correo electrónico no es válido")]
    public async Task A_sign_up_that_is_not_right_is_refused(string body, string sentence)
    {
        using var client = new VideosClient(cluster.Gateway);

        var reply = await client.SendAsync(HttpMethod.Post, "/api/auth/signup", new StringContent(body, mediaType: new("application/json")));

        Assert.Equal((HttpStatusCode.BadRequest, $$"""{"message":"{{sentence}}"}"""), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Names_and_emails_are_unique()
    {
        using var client = new VideosClient(cluster.Gateway);
        var (name, other) = (NewName(), NewName());
        await client.PostAsync("/api/auth/signup", SignUp(name));

        var sameName = await client.PostAsync("/api/auth/signup", SignUp(name, $"{other}@example.org"));
        var sameEmail = await client.PostAsync("/api/auth/signup", SignUp(other, $"{name.ToUpperInvariant()}@Example.org"));

        Assert.Equal((HttpStatusCode.BadRequest, """{"message":"El usuario ya existe"}"""), (sameName.Status, sameName.Text));
        Assert.Equal((HttpStatusCode.BadRequest, """{"message":"El correo electrónico ya existe"}"""), (sameEmail.Status, sameEmail.Text));
    }

    [Fact]
    public async Task Of_many_that_sign_up_at_once_with_one_email_one_wins()
    {
        using var client = new VideosClient(cluster.Gateway);
        var email = $"{NewName()}@example.org";

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostAsync("/api/auth/signup", SignUp(NewName(), email))));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.Created);
        Assert.Equal(19, replies.Count(reply => reply.Text == """{"message":"El correo electrónico ya existe"}"""));
        Assert.Equal(["1"], await cluster.Database.Rows($"select count(*) from users where email = '{email}'"));
    }

    [Fact]
    public async Task Of_many_that_sign_up_at_once_with_one_name_one_wins()
    {
        using var client = new VideosClient(cluster.Gateway);
        var name = NewName();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.PostAsync("/api/auth/signup", SignUp(name, $"{name}-{i}@example.org"))));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.Created);
        Assert.Equal(19, replies.Count(reply => reply.Text == """{"message":"El usuario ya existe"}"""));
    }

    [Fact]
    public async Task A_sign_up_that_is_sent_again_after_an_unknown_outcome_gets_the_same_answer()
    {
        var account = cluster.Grains.GetGrain<Granero.Accounts.IAccountGrain>(NewName());
        var signUp = new Granero.Accounts.SignUp(Guid.NewGuid(), $"{NewName()}@example.org", "12345678");

        Assert.Equal(await account.SignUp(signUp), await account.SignUp(signUp));
        var refusal = await Assert.ThrowsAsync<GraneroException>(() => account.SignUp(signUp with { Id = Guid.NewGuid() }));
        Assert.Equal(ErrorCode.UsernameTaken, refusal.Code);
    }

    [Fact]
    public async Task A_login_that_is_not_right_is_refused()
    {
        using var client = new VideosClient(cluster.Gateway);
        var name = NewName();
        await client.PostAsync("/api/auth/signup", SignUp(name));

        await ExpectAsync(HttpStatusCode.BadRequest, "Faltan campos por llenar", client.PostAsync("/api/auth/login", new { username = name }));
        foreach (var blank in new[] { " ", "\u00a0", "\u2003\u3000" })
            await ExpectAsync(HttpStatusCode.BadRequest, "Faltan campos por llenar", client.PostAsync("/api/auth/login", new { username = blank, password = "12345678" }));
        await ExpectAsync(HttpStatusCode.Unauthorized, "Usuario no encontrado", client.PostAsync("/api/auth/login", new { username = NewName(), password = "12345678" }));
        await ExpectAsync(HttpStatusCode.Unauthorized, "Contraseña incorrecta", client.PostAsync("/api/auth/login", new { username = name, password = "87654321" }));
    }

    [Fact]
    public async Task Logins_that_fail_again_and_again_are_slowed_down()
    {
        using var client = new VideosClient(cluster.Gateway);
        var name = NewName();
        await client.PostAsync("/api/auth/signup", SignUp(name));

        Reply reply;
        var failures = 0;
        do
        {
            reply = await client.PostAsync("/api/auth/login", new { username = name, password = "87654321" });
            failures++;
        }
        while (reply.Status == HttpStatusCode.Unauthorized && failures < 10);

        Assert.Equal(HttpStatusCode.TooManyRequests, reply.Status);
        Assert.InRange(failures, 3, 5);
        Assert.NotNull(reply.Headers.RetryAfter);
        var right = await client.PostAsync("/api/auth/login", new { username = name, password = "12345678" });
        Assert.Equal(HttpStatusCode.TooManyRequests, right.Status);
    }

    [Fact]
    public async Task Operators_see_users_without_anything_about_passwords()
    {
        using var client = new VideosClient(cluster.Gateway);
        var name = NewName();
        await client.PostAsync("/api/auth/signup", SignUp(name));

        var row = Assert.Single(await cluster.Database.Rows($"select u::text from users u where username = '{name}'"));
        var secret = Assert.Single(await cluster.Database.Rows($"select s::text from user_secrets s join users on id = user_id where username = '{name}'"));

        Assert.DoesNotContain("12345678", secret, StringComparison.Ordinal);
        Assert.Equal(5, row.Split(',').Length); // id, username, email, created_at, disabled
    }

    private static string NewName() => $"ana-{Guid.NewGuid():N}";

    private static object SignUp(string name, string? email = null) =>
        new { username = name, password1 = "12345678", password2 = "12345678", email = email ?? $"{name}@example.org" };

    private static async Task ExpectAsync(HttpStatusCode status, string sentence, Task<Reply> call)
    {
        var reply = await call;
        Assert.Equal((status, $$"""{"message":"{{sentence}}"}"""), (reply.Status, reply.Text));
    }
}
