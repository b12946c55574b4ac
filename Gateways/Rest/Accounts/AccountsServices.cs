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
        auth.MapPost("/api/auth/signup", api.SignUpAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        auth.MapPost("/api/auth/login", api.LogInAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        auth.MapGet("/ping", http => MessageReply.WriteAsync(http, StatusCodes.Status200OK, "Ok"));
        auth.MapGet("/api/auth/login/ping", http => MessageReply.WriteAsync(http, StatusCodes.Status200OK, "pong"));
        auth.MapGet("/api/auth/signup/ping", http => MessageReply.WriteAsync(http, StatusCodes.Status200OK, "pong"));
        auth.MapGet("/api/health", CheckHealthAsync);
    }

    /// <summary>Asks Postgres, through a silo. Not tried again: the answer is about now.</summary>
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
