namespace Granero.Operators;

/// <summary>
/// The operators: who runs Granero, apart from its users. The key is 0. It only reads and writes rows, so each silo answers for itself.
/// </summary>
[Alias("granero.operators.IOperatorsGrain")]
public interface IOperatorsGrain : IGrainWithIntegerKey
{
    /// <summary>Whether there is any operator, and whose session a token is.</summary>
    /// <param name="tokenHash">SHA-256 of the token; empty for none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Admit")]
    Task<Admission> Admit(byte[] tokenHash, CancellationToken cancellationToken = default);

    /// <summary>Begins a session. Takes tens of milliseconds on purpose: the password hash is slow.</summary>
    /// <returns>The session; repeating the call with the same token gives the same one.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.WrongPassword"/>, also for an unknown name; <see cref="ErrorCode.TooManyLogins"/>.</exception>
    [Alias("LogIn")]
    Task<OperatorSession> LogIn(OperatorLogin login, CancellationToken cancellationToken = default);

    /// <summary>Ends a session. One that is not there is no error.</summary>
    [Alias("LogOut")]
    Task LogOut(byte[] tokenHash, CancellationToken cancellationToken = default);

    /// <summary>Gives an operator another password, and ends all of their other sessions.</summary>
    /// <param name="login">The name, the present password, and the hash of the token whose session stays.</param>
    /// <param name="newPassword">12 characters or more.</param>
    /// <param name="cancellationToken">Gives up waiting; the password may have been changed.</param>
    /// <exception cref="GraneroException"><see cref="ErrorCode.WrongPassword"/>; <see cref="ErrorCode.TooManyLogins"/>; <see cref="ErrorCode.WeakPassword"/>.</exception>
    [Alias("ChangePassword")]
    Task ChangePassword(OperatorLogin login, string newPassword, CancellationToken cancellationToken = default);

    /// <summary>Records that a change is about to be tried, durably.</summary>
    /// <returns>The number of the entry.</returns>
    [Alias("BeginChange")]
    Task<long> BeginChange(OperatorChange change, CancellationToken cancellationToken = default);

    /// <summary>Records what came of it.</summary>
    [Alias("EndChange")]
    Task EndChange(long entry, string outcome, CancellationToken cancellationToken = default);

    /// <summary>The record of changes, the latest first.</summary>
    /// <param name="before">Only entries below this number; null from the latest on.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [Alias("Audit")]
    Task<AuditEntry[]> Audit(long? before, int limit, CancellationToken cancellationToken = default);
}
