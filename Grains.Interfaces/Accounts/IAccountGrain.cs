namespace Granero.Accounts;

/// <summary>An account, or the place for one; its key is the user name, see <see cref="AccountNames.IsUsername"/>. Letter case counts.</summary>
[Alias("granero.accounts.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Makes the account, durably. Repeating it with the same id is harmless. Slow on purpose, as <see cref="LogIn"/>.</summary>
    /// <returns>The user's id, from 1 on.</returns>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.UsernameTaken"/>; <see cref="ErrorCode.EmailTaken"/> (letter case does not count). Of several that sign up at once, one wins.
    /// <see cref="ErrorCode.TooManyAtOnce"/>.
    /// </exception>
    [Alias("SignUp"), ResponseTimeout("00:00:30")]
    Task<long> SignUp(SignUp signUp, CancellationToken cancellationToken = default);

    /// <summary>Checks a password. Takes tens of milliseconds on purpose: the hash is slow.</summary>
    /// <param name="password">As the user gave it.</param>
    /// <param name="ip">Where the call comes from: failures are counted by user and by IP.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The user's id, from 1 on.</returns>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.UserNotFound"/>; <see cref="ErrorCode.PasswordMismatch"/>; <see cref="ErrorCode.TooManyAttempts"/> and
    /// <see cref="ErrorCode.TooManyAtOnce"/>, with the time to wait.
    /// </exception>
    [Alias("LogIn"), ResponseTimeout("00:00:30")]
    Task<long> LogIn(string password, string ip, CancellationToken cancellationToken = default);
}
