using Granero.Accounts;
using Granero.Gateways.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Granero.Gateways.Rest.Accounts;

/// <summary>Asks at each call whether an operator has ended the bearer's token, so that a user who is disabled is so at once, at every gateway.</summary>
internal sealed class TokenStanding(IGrainFactory grains, GrainRetry retry) : AuthorizationHandler<TokenStanding.Required>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, Required requirement)
    {
        if (context.User.Identity?.IsAuthenticated is not true || context.Resource is not HttpContext http)
            return;
        var ticket = await http.AuthenticateAsync(Tokens.Scheme);
        var (userId, givenAt) = (context.User.UserId(), Tokens.GivenAt(ticket.Properties!));
        if (await retry.CallAsync(() => grains.GetGrain<IUserListGrain>(0).IsTokenGood(userId, givenAt), http.RequestAborted))
            context.Succeed(requirement);
    }

    internal sealed class Required : IAuthorizationRequirement;
}
