namespace Granero.Accounts;

/// <summary>All users, for operators; its key is 0. It only reads and writes rows, so each silo answers for itself.</summary>
[Alias("granero.accounts.IUserListGrain")]
public interface IUserListGrain : IGrainWithIntegerKey
{
    /// <summary>Users, in the order of names.</summary>
    /// <param name="search">A part of the name or e-mail; empty for all.</param>
    /// <param name="after">The last name of the page before; empty for the first page.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("List")]
    Task<UserLine[]> List(string search, string after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Keeps a user from logging in and ends the user's tokens, or lets the user log in again. Durable when it returns.</summary>
    /// <returns>False if there is no such user.</returns>
    [Alias("SetDisabled")]
    Task<bool> SetDisabled(string username, bool isDisabled, CancellationToken cancellationToken = default);

    /// <returns>Whether no operator has ended the token of this user that was given then; false also if there is no such user.</returns>
    [Alias("IsTokenGood")]
    Task<bool> IsTokenGood(long userId, DateTimeOffset givenAt, CancellationToken cancellationToken = default);
}

/// <summary>A user in a list.</summary>
[GenerateSerializer, Immutable, Alias("granero.accounts.UserLine")]
public sealed record UserLine(
    [property: Id(0)] long Id, [property: Id(1)] string Username, [property: Id(2)] string Email, [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset? DisabledAt);
