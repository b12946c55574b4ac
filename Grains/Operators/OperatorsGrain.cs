using System.Globalization;
using Granero.Support;
using Orleans.Concurrency;

namespace Granero.Operators;

/// <summary>The operators. It keeps nothing in memory but the failed logins of this silo.</summary>
[GrainType("operators"), StatelessWorker]
internal sealed class OperatorsGrain(OperatorStore operators, AuditStore audit, OperatorPasswords passwords, LoginThrottle throttle, TimeProvider time)
    : Grain, IOperatorsGrain
{
    /// <summary>Below it, guessing is too cheap for somebody who can see and end everything.</summary>
    public const int ShortestPassword = 12;

    private const int MostEntries = 500;
    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    public Task<Admission> Admit(byte[] tokenHash, CancellationToken cancellationToken) =>
        operators.Admit(tokenHash, time.GetUtcNow(), cancellationToken);

    public async Task<OperatorSession> LogIn(OperatorLogin login, CancellationToken cancellationToken)
    {
        await Check(login, cancellationToken);
        var now = time.GetUtcNow();
        await operators.BeginSession(login, now, now + SessionLength, cancellationToken);
        return new(login.Operator, now + SessionLength);
    }

    public Task LogOut(byte[] tokenHash, CancellationToken cancellationToken) => operators.EndSession(tokenHash, cancellationToken);

    public async Task ChangePassword(OperatorLogin login, string newPassword, CancellationToken cancellationToken)
    {
        if (newPassword.Length < ShortestPassword)
            throw new GraneroException(ErrorCode.WeakPassword, $"An operator's password has {ShortestPassword} characters or more.");
        await Check(login, cancellationToken);
        var hash = await passwords.CheckAsync(storedHash: null, newPassword, login.Ip, cancellationToken);
        await operators.Put(login.Operator, hash!, time.GetUtcNow(), cancellationToken);
        await operators.EndOtherSessions(login.Operator, login.TokenHash, cancellationToken);
    }

    public Task<long> BeginChange(OperatorChange change, CancellationToken cancellationToken) =>
        audit.Begin(change, time.GetUtcNow(), cancellationToken);

    public Task EndChange(long entry, string outcome, CancellationToken cancellationToken) => audit.End(entry, outcome, cancellationToken);

    public Task<AuditEntry[]> Audit(long? before, int limit, CancellationToken cancellationToken) =>
        audit.Read(before ?? long.MaxValue, Math.Clamp(limit, 1, MostEntries), cancellationToken);

    /// <remarks>An unknown name costs as much time as a wrong password, and is told the same.</remarks>
    private async Task Check(OperatorLogin login, CancellationToken cancellationToken)
    {
        var who = $"operator {login.Operator}"; // no user's name has a blank, so that nobody slows an operator's login by failing as a user
        if (throttle.WaitOf(who, login.Ip) is { Ticks: > 0 } wait)
        {
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            throw new GraneroException(ErrorCode.TooManyLogins, $"Too many failed logins. Try again in {seconds} s.") { RetryAfter = wait };
        }

        // Postgres stores no NUL, and takes none in a question either.
        var stored = login.Operator.Contains('\0') ? null : await operators.PasswordHashOf(login.Operator, cancellationToken);
        var hash = await passwords.CheckAsync(stored, login.Password, login.Ip, cancellationToken);
        if (stored is null || hash is null)
        {
            throttle.Failed(who, login.Ip);
            throw new GraneroException(ErrorCode.WrongPassword, "There is no operator of that name with that password.");
        }

        throttle.Succeeded(who, login.Ip);
    }
}
