using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Net.Http.Headers;

namespace Granero.Gateways.Rest.Accounts;

/// <summary>Answers calls without a good token: <c>{"msg": sentence}</c> where the old clients call, ProblemDetails elsewhere.</summary>
internal sealed class TokenRefusal : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }

        var sentence = await SentenceAsync(context);
        context.Response.Headers.WWWAuthenticate = Tokens.Scheme;
        if (context.GetEndpoint()?.Metadata.GetMetadata<ProblemShape>() == ProblemShape.Message)
            await JsonBody.WriteAsync(context.Response, StatusCodes.Status401Unauthorized, new RefusalReply(sentence), AccountsReplies.Json.RefusalReply);
        else
            await ProblemShape.Details.WriteAsync(context, StatusCodes.Status401Unauthorized, sentence);
    }

    private static async Task<string> SentenceAsync(HttpContext http)
    {
        if (!http.Request.Headers.ContainsKey(HeaderNames.Authorization))
            return "Missing Authorization Header";
        var result = await http.AuthenticateAsync(Tokens.Scheme);
        if (result.Succeeded)
            return "Token has been revoked";
        return result.Failure?.Message == "Token expired" ? "Token has expired" : "Not a valid token";
    }
}
