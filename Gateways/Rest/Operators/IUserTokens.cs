namespace Granero.Gateways.Rest.Operators;

/// <summary>
/// Tells a user's valid token from nonsense, so that a user who calls the admin API is told that they may not (403) and not that they are
/// unknown (401). Each domain that gives tokens has one.
/// </summary>
internal interface IUserTokens
{
    Task<bool> IsUsersAsync(string token, CancellationToken cancellationToken);
}
