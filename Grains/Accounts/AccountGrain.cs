using System.Globalization;
using Granero.Support;

namespace Granero.Accounts;

/// <summary>An account. It keeps nothing in memory, and the rows decide who has a name: two activations do no harm.</summary>
[GrainType("account")]
internal sealed class AccountGrain(AccountStore accounts, AccountPasswords passwords, LoginThrottle throttle, TimeProvider time)
    : Grain, IAccountGrain
{
    private string Username => this.GetPrimaryKeyString();

    /// <summary>Peers' names have no slash: the failures of a peer of the same name are its own.</summary>
    private string ThrottleName => $"account/{Username}";

    public async Task<long> SignUp(SignUp signUp, CancellationToken cancellationToken)
    {
        var ip = signUp.Ip ?? "";
        passwords.ThrowIfFull(ip);
        // Before the slow hash, which a name that is taken is not worth; the rows decide afterwards all the same.
        ThrowIfTaken(await accounts.FindHolders(Username, signUp.Email, cancellationToken), signUp.Id);
        var hash = await passwords.CheckAsync(storedHash: null, signUp.Password, ip, cancellationToken);
        var holders = await accounts.Add(Username, signUp, hash!, time.GetUtcNow(), cancellationToken);
        ThrowIfTaken(holders, signUp.Id);
        return holders.Single().UserId;
    }

    public async Task<long> LogIn(string password, string ip, CancellationToken cancellationToken)
    {
        ThrowIfTooSoon(ip);
        passwords.ThrowIfFull(ip);
        var (userId, storedHash, isDisabled) = await accounts.FindPassword(Username, cancellationToken) ?? throw Unknown(ip);
        var hash = await passwords.CheckAsync(storedHash, password, ip, cancellationToken) ?? throw Wrong(ip);
        if (hash != storedHash)
            await accounts.RenewHash(userId, storedHash, hash, cancellationToken);
        throttle.Succeeded(ThrottleName, ip);
        if (isDisabled)
            throw new GraneroException(ErrorCode.UserIsDisabled, $"The user {Username} is disabled.");
        return userId;
    }

    private void ThrowIfTaken(AccountHolder[] holders, Guid signUp)
    {
        foreach (var holder in holders.Where(holder => holder.SignUp != signUp))
        {
            throw holder.Username == Username
                ? new GraneroException(ErrorCode.UsernameTaken, $"The user name {Username} is taken.")
                : new GraneroException(ErrorCode.EmailTaken, "An account with this e-mail exists.");
        }
    }

    private void ThrowIfTooSoon(string ip)
    {
        var wait = throttle.WaitOf(ThrottleName, ip);
        if (wait <= TimeSpan.Zero)
            return;
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        throw new GraneroException(ErrorCode.TooManyAttempts, $"Too many failed logins. Try again in {seconds} s.") { RetryAfter = wait };
    }

    private GraneroException Unknown(string ip)
    {
        throttle.Failed(ThrottleName, ip);
        return new(ErrorCode.UserNotFound, $"There is no user {Username}.");
    }

    private GraneroException Wrong(string ip)
    {
        throttle.Failed(ThrottleName, ip);
        return new(ErrorCode.PasswordMismatch, "Wrong password for this user name.");
    }
}
