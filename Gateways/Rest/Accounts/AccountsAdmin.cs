using Granero.Accounts;
using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Operators;

namespace Granero.Gateways.Rest.Accounts;

/// <summary>What operators see of the users, and may do with them.</summary>
internal sealed class AccountsAdmin(IGrainFactory grains, GrainRetry retry)
{
    private const int PageRows = 100;

    private IUserListGrain Users => grains.GetGrain<IUserListGrain>(0);

    public Task<UserLine[]> ListAsync(HttpContext http, string? search, string? after, int? limit) =>
        retry.CallAsync(() => Users.List(search ?? "", after ?? "", limit ?? PageRows), http.RequestAborted);

    public Task<IResult> DisableAsync(string username) => SetAsync(username, isDisabled: true);

    public Task<IResult> EnableAsync(string username) => SetAsync(username, isDisabled: false);

    private async Task<IResult> SetAsync(string username, bool isDisabled) => await retry.CallAsync(() => Users.SetDisabled(username, isDisabled))
        ? Results.NoContent()
        : Results.Problem($"There is no user {username}.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>Knows the tokens of users that have logged in.</summary>
internal sealed class AccountsTokens(Tokens tokens) : IUserTokens
{
    public Task<bool> IsUsersAsync(string token, CancellationToken cancellationToken) => Task.FromResult(tokens.IsValid(token));
}

internal static class AccountsAdminRoutes
{
    public static void AddAccountsAdmin(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<AccountsAdmin>().AddSingleton<IUserTokens, AccountsTokens>();

    public static void MapAccountsAdmin(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<AccountsAdmin>();
        var admin = app.MapAdmin("/users", "Accounts");
        admin.MapGet("", api.ListAsync).WithSummary("Users, in the order of names")
            .WithDescription("search: a part of the name or e-mail. after: the last name of the page before. limit: 1 to 500, 100 unless given.")
            .WithExample(StatusCodes.Status200OK, "?search=ana&limit=10");
        admin.MapPost("/{username}/disable", api.DisableAsync).WithSummary("Keep a user from logging in, and end the tokens that the user has")
            .WithDescription("At once and for good: after being enabled, the user has to log in again. What a request has begun, such as an upload, goes on to its end.")
            .WithExample(StatusCodes.Status404NotFound, "nobody").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapPost("/{username}/enable", api.EnableAsync).WithSummary("Let a user log in again").WithDescription("With the password that the user had; tokens that were ended stay so.")
            .WithExample(StatusCodes.Status404NotFound, "nobody").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }
}
