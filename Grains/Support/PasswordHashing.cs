using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Granero.Support;

/// <summary>
/// Salted slow hashes of passwords. They are computed beside the grains' turns and by half of the processors at most, so that a crowd
/// that logs in does not keep a silo from its other calls.
/// </summary>
/// <param name="iterations">Rounds of PBKDF2 with HMAC-SHA512.</param>
internal abstract class PasswordHashing(int iterations)
{
    private static readonly object NoUser = new();
    private static readonly SemaphoreSlim Processors = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly PasswordHasher<object> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));

    /// <summary>Checks a password; without a stored hash, any is right.</summary>
    /// <returns>The hash to store: the one that there was, or a new one where there was none or a weaker one; null if the password is wrong.</returns>
    public async Task<string?> CheckAsync(string? storedHash, string password, CancellationToken cancellationToken)
    {
        await Processors.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Check(storedHash, password), cancellationToken);
        }
        finally
        {
            Processors.Release();
        }
    }

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
