using Granero.Gateways.Hosting;
using Granero.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc;

namespace Granero.Gateways.Rest.Accounts;

/// <summary>The accounts' part of the gateway: tokens, who may call, the routes.</summary>
internal static class AccountsServices
{
    /// <summary>The policy of routes that only bearers of a token may call.</summary>
    public const string BearerPolicy = "bearer";

    /// <summary>Bytes of a request: far more than its fields can take.</summary>
    private const int MaxBodyBytes = 64 * 1024;

    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("granero");
        builder.Services.AddSingleton<SharedKeyRing>();
        builder.Services.AddOptions<KeyManagementOptions>().Configure<SharedKeyRing>((keys, ring) => keys.XmlRepository = ring);
        builder.Services.AddAuthentication(Tokens.Scheme).AddBearerToken(Tokens.Scheme, token => token.BearerTokenExpiration = Tokens.ValidFor);
        builder.Services.AddAuthorizationBuilder().AddPolicy(BearerPolicy, policy => policy.AddAuthenticationSchemes(Tokens.Scheme).RequireAuthenticatedUser().AddRequirements(new TokenStanding.Required()));
        builder.Services.AddSingleton<IAuthorizationHandler, TokenStanding>();
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, TokenRefusal>();
        builder.Services.AddSingleton<Tokens>().AddSingleton<AccountsApi>();
    }

    public static void MapAccounts(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<AccountsApi>();
        var auth = app.MapDoor(Door.Main).WithMetadata(ProblemShape.Message);
        auth.WithTags("Accounts").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        auth.MapPost("/api/auth/signup", (Delegate)api.SignUpAsync).WithSummary("Sign up")
            .WithDescription("The user name and the e-mail are nobody else's yet, of 255 characters at most; the password, sent twice, has 8 or more.")
            .AcceptsAny<SignUpRequest>().Produces<MessageReply>(StatusCodes.Status201Created).Produces<MessageReply>(StatusCodes.Status400BadRequest)
            .WithExample("""{"username": "ana", "password1": "correct horse", "password2": "correct horse", "email": "ana@example.org"}""", StatusCodes.Status201Created);
        auth.MapPost("/api/auth/login", (Delegate)api.LogInAsync).WithSummary("Log in")
            .WithDescription("The token goes into the header Authorization: Bearer of the calls about videos; it is good for a day, at every gateway.")
            .AcceptsAny<LogInRequest>().Produces<TokenReply>().Produces<MessageReply>(StatusCodes.Status400BadRequest)
            .Produces<MessageReply>(StatusCodes.Status401Unauthorized).Produces<MessageReply>(StatusCodes.Status403Forbidden).Produces<MessageReply>(StatusCodes.Status429TooManyRequests)
            .WithExample("""{"username": "ana", "password": "correct horse"}""", StatusCodes.Status200OK);
        MapPing(auth, "/ping", "Ok");
        MapPing(auth, "/api/auth/login/ping", "pong");
        MapPing(auth, "/api/auth/signup/ping", "pong");
        auth.MapGet("/api/health", (Delegate)CheckHealthAsync).WithSummary("Whether a silo and the database answer")
            .WithDescription("For the old clients. What watches over the process itself asks /health/ready on the port Health:Port.")
            .Produces<HealthReply>().Produces<HealthReply>(StatusCodes.Status503ServiceUnavailable).WithExample(StatusCodes.Status200OK);
    }

    private static void MapPing(RouteGroupBuilder auth, string path, string answer) => auth
        .MapGet(path, (Delegate)((HttpContext http) => MessageReply.WriteAsync(http, StatusCodes.Status200OK, answer))).WithSummary("Whether the gateway answers")
        .WithDescription("It answers without asking anybody else.").Produces<MessageReply>().WithExample(StatusCodes.Status200OK);

    // Asks Postgres, through a silo. Not tried again: the answer is about now.
    private static async Task CheckHealthAsync(HttpContext http)
    {
        var fault = await FaultAsync(http.RequestServices.GetRequiredService<IGrainFactory>(), http.RequestServices.GetRequiredService<ClusterLink>());
        var (status, reply) = fault is null
            ? (StatusCodes.Status200OK, new HealthReply("healthy", "connected", null))
            : (StatusCodes.Status503ServiceUnavailable, new HealthReply("unhealthy", "disconnected", fault));
        await JsonBody.WriteAsync(http.Response, status, reply, AccountsReplies.Json.HealthReply);
    }

    private static async Task<string?> FaultAsync(IGrainFactory grains, ClusterLink link)
    {
        try
        {
            return await grains.GetGrain<IDatabaseHealthGrain>(0).FaultOfDatabase().WaitAsync(link.Interrupted);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or OperationCanceledException)
        {
            return "No silo has answered.";
        }
    }
}
