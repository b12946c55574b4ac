using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Granero.Support;

/// <summary>Salted slow hashes of passwords, computed beside the grains' turns.</summary>
/// <param name="queue">Where they wait for a processor.</param>
/// <param name="iterations">Rounds of PBKDF2 with HMAC-SHA512.</param>
internal abstract class PasswordHashing(HashingQueue queue, int iterations)
{
    private static readonly object NoUser = new();

    /// <summary>On a processor of these years; the queue measures.</summary>
    private static readonly TimeSpan GuessOfIteration = TimeSpan.FromTicks(4);

    private readonly PasswordHasher<object> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));

    /// <inheritdoc cref="HashingQueue.ThrowIfFull"/>
    public void ThrowIfFull(string ip) => queue.ThrowIfFull(ip);

    /// <summary>Checks a password; without a stored hash, any is right.</summary>
    /// <param name="storedHash">What it is checked against.</param>
    /// <param name="password">As it was given.</param>
    /// <param name="ip">Where the call comes from: no network keeps the others waiting.</param>
    /// <param name="cancellationToken">Who asked has gone.</param>
    /// <returns>The hash to store: the one that there was, or a new one where there was none or a weaker one; null if the password is wrong.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TooManyAtOnce"/>.</exception>
    public Task<string?> CheckAsync(string? storedHash, string password, string ip, CancellationToken cancellationToken) =>
        queue.RunAsync(ip, iterations * GuessOfIteration, () => Check(storedHash, password), cancellationToken);

    private string? Check(string? storedHash, string password)
    {
        if (storedHash is null)
            return _hasher.HashPassword(NoUser, password);
        return _hasher.VerifyHashedPassword(NoUser, storedHash, password) switch
        {
            PasswordVerificationResult.Success => storedHash,
            PasswordVerificationResult.SuccessRehashNeeded => _hasher.HashPassword(NoUser, password),
            _ => null,
        };
    }
}
