using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Cluster;
using Granero.Operators;
using Microsoft.AspNetCore.Mvc;

namespace Granero.Gateways.Rest.Operators;

/// <summary>Operators' own routes: logging in and out, their password, the record of what was changed.</summary>
internal sealed class OperatorsApi(IGrainFactory grains, GrainRetry retry, OperatorGate gate)
{
    private IOperatorsGrain Operators => grains.GetGrain<IOperatorsGrain>(0);

    // The one admin route without a session.
    public async Task<IResult> LogInAsync(HttpContext http, LoginBody body)
    {
        if (!(await gate.FindAsync(token: null, http.RequestAborted)).AnyOperator)
            return Results.Problem(OperatorGate.IsOff, statusCode: StatusCodes.Status404NotFound);
        // Made here, so that a call that has to be sent again begins the same session.
        var token = OperatorTokens.Make();
        var login = new OperatorLogin(Given(body.Name, "name"), Given(body.Password, "password"), http.RemoteIp(), OperatorTokens.HashOf(token));
        var session = await retry.CallAsync(() => Operators.LogIn(login), http.RequestAborted);
        OperatorTokens.GiveCookie(http, token, session.EndsAt);
        return Results.Ok(new LoginReply(session.Operator, token, session.EndsAt));
    }

    public async Task<IResult> LogOutAsync(HttpContext http)
    {
        var hash = OperatorTokens.HashOf(OperatorTokens.Of(http.Request)!);
        await retry.CallAsync(() => Operators.LogOut(hash));
        OperatorTokens.TakeCookie(http);
        return Results.NoContent();
    }

    public async Task<IResult> ChangePasswordAsync(HttpContext http, PasswordBody body)
    {
        var hash = OperatorTokens.HashOf(OperatorTokens.Of(http.Request)!);
        var login = new OperatorLogin(http.Operator().Operator, Given(body.Password, "password"), http.RemoteIp(), hash);
        // Not tried again: once it is changed, the old password is a wrong one.
        await Operators.ChangePassword(login, Given(body.NewPassword, "new_password"), http.RequestAborted);
        return Results.NoContent();
    }

    public async Task<AuditReply[]> AuditAsync(HttpContext http, long? before, int? limit)
    {
        var entries = await retry.CallAsync(() => Operators.Audit(before, limit ?? 100), http.RequestAborted);
        return Array.ConvertAll(entries, entry => new AuditReply(
            entry.Entry, entry.At, entry.Change.Operator, entry.Change.Ip, entry.Change.Action, entry.Change.Target, entry.Change.Detail, entry.Outcome));
    }

    private static string Given(string? value, string field) => value ?? throw Problems.BadRequest($"The field {field} is missing.");

    /// <summary>Who logs in.</summary>
    internal sealed record LoginBody(string? Name, string? Password);

    /// <summary>The session; the token is also in a cookie, for the console.</summary>
    internal sealed record LoginReply(string Name, string Token, DateTimeOffset EndsAt);

    /// <summary>The present password and the one to come.</summary>
    internal sealed record PasswordBody(string? Password, string? NewPassword);

    /// <summary>Whose session it is, and where Orleans' dashboard is (null: it is off).</summary>
    internal sealed record MeReply(string Name, DateTimeOffset EndsAt, string? Dashboard);

    /// <summary>Who changed what, when, and what came of it (null: the process died on the way, and nobody knows).</summary>
    internal sealed record AuditReply(
        long Entry, DateTimeOffset At, string Operator, string FromIp, string Action, string Target, string? Detail, string? Outcome);
}

internal static class OperatorsRoutes
{
    private const int MaxBodyBytes = 16 * 1024;

    public static void AddOperators(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OperatorGate>().AddSingleton<AdminRoutes.AdminAudit>().AddSingleton<OperatorsApi>();
    }

    public static void MapOperators(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<OperatorsApi>();
        var dashboard = app.Configuration.HasDashboard() ? OrleansDashboard.Path : null;
        app.MapDoor(Door.Main).MapPost("/admin/login", api.LogInAsync).WithTags("Operators").WithName("LogIn")
            .WithSummary("Begin a session of 12 hours")
            .WithDescription("The token goes into the header Authorization: Bearer of the other calls; browsers get it as a cookie, too.")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithExample("""{"name": "operator", "password": "a wrong password"}""", StatusCodes.Status401Unauthorized)
            .Produces<OperatorsApi.LoginReply>().ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status429TooManyRequests);
        var admin = app.MapAdmin("", "Operators");
        admin.WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        admin.MapPost("/logout", (Delegate)api.LogOutAsync).WithSummary("End this session").WithDescription("Its token is good for nothing from then on.").WithExample(StatusCodes.Status204NoContent).Produces(StatusCodes.Status204NoContent);
        admin.MapGet("/me", (HttpContext http) => new OperatorsApi.MeReply(http.Operator().Operator, http.Operator().EndsAt, dashboard))
            .WithSummary("Whose session this is, and when it ends").WithDescription("dashboard: where Orleans' own is; null if it is off.").WithExample(StatusCodes.Status200OK);
        admin.MapPost("/password", api.ChangePasswordAsync).WithMetadata(AdminRoutes.SecretBody.Instance)
            .WithSummary("Change one's own password").WithDescription("12 characters or more. One's other sessions end.")
            .WithExample("""{"password": "a wrong password", "new_password": "a long enough one"}""", StatusCodes.Status401Unauthorized)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
        admin.MapGet("/audit", api.AuditAsync).WithSummary("What operators have changed, the latest first")
            .WithDescription("before: only entries below this number. limit: 1 to 500, 100 unless given.")
            .WithExample(StatusCodes.Status200OK, "?limit=10");
    }
}
