using Granero.Gateways.Hosting;
using Granero.Operators;

namespace Granero.Gateways.Rest.Operators;

/// <summary>Lets nobody but operators through, and is off until there is one.</summary>
internal sealed class OperatorGate(IGrainFactory grains, GrainRetry retry, IEnumerable<IUserTokens> users)
{
    public const string IsOff =
        "The admin API is off: no operator exists. ./run makes one; elsewhere, name a file with name:password in Admin:OperatorFile of the silos.";

    private IOperatorsGrain Operators => grains.GetGrain<IOperatorsGrain>(0);

    /// <returns>The session, for a request that an operator sends; null after it has been answered with 401, 403 or 404.</returns>
    public async Task<OperatorSession?> AdmitAsync(HttpContext http)
    {
        var token = OperatorTokens.Of(http.Request);
        var admission = await FindAsync(token, http.RequestAborted);
        if (!admission.AnyOperator)
            await AnswerAsync(http, StatusCodes.Status404NotFound, IsOff);
        else if (admission.Session is null)
            await RefuseAsync(http, token);
        else if (ComesFromElsewhere(http.Request))
            await AnswerAsync(http, StatusCodes.Status403Forbidden, "A page of another site cannot act for an operator.");
        else
            return admission.Session;
        return null;
    }

    /// <returns>Whether there is any operator, and whose token this is.</returns>
    public Task<Admission> FindAsync(string? token, CancellationToken cancellationToken)
    {
        var hash = token is null ? [] : OperatorTokens.HashOf(token);
        return retry.CallAsync(() => Operators.Admit(hash), cancellationToken);
    }

    /// <remarks>A second lock besides the cookie's SameSite: browsers say where a request comes from, and programs do not send the header.</remarks>
    private static bool ComesFromElsewhere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";

    private static Task AnswerAsync(HttpContext http, int status, string sentence) => ProblemShape.Details.WriteAsync(http, status, sentence);

    private async Task RefuseAsync(HttpContext http, string? token)
    {
        foreach (var domain in users)
        {
            if (token is not null && await domain.IsUsersAsync(token, http.RequestAborted))
            {
                await AnswerAsync(http, StatusCodes.Status403Forbidden, "This is a user's token, and only operators may do this.");
                return;
            }
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        await AnswerAsync(http, StatusCodes.Status401Unauthorized, "Log in as an operator: POST /admin/login, then send the token as Authorization: Bearer.");
    }
}
