using Microsoft.Extensions.Options;

namespace Granero.Peers;

/// <summary>The settings under <c>Peers:</c> that the silos read.</summary>
public sealed class PeersOptions : IValidateOptions<PeersOptions>
{
    /// <summary>How long a peer stays logged in after its last call.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How old the answer to "who has this file" may be at most, should nobody have told of a change nor noticed the death of whoever should have.</summary>
    public TimeSpan IndexMaxAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Rounds of PBKDF2 with HMAC-SHA512 for a password. A higher number is taken over at each user's next login.</summary>
    public int PasswordIterations { get; set; } = 100_000;

    /// <summary>Bytes that the published files of one peer may take together.</summary>
    public long PublishQuotaBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, PeersOptions options)
    {
        if (options.Lease < TimeSpan.FromMinutes(1))
            return ValidateOptionsResult.Fail($"Peers:Lease is {options.Lease}: set it to a minute or more, such as 1.00:00:00 for a day.");
        if (options.IndexMaxAge <= TimeSpan.Zero)
            return ValidateOptionsResult.Fail($"Peers:IndexMaxAge is {options.IndexMaxAge}: set it to a duration such as 00:10:00.");
        if (options.PasswordIterations < 1000)
            return ValidateOptionsResult.Fail($"Peers:PasswordIterations is {options.PasswordIterations}: set it to 1000 or more, such as 100000.");
        if (options.PublishQuotaBytes < 0)
            return ValidateOptionsResult.Fail($"Peers:PublishQuotaBytes is {options.PublishQuotaBytes}: set it to a number of bytes from 0 on, such as 2147483648.");
        return ValidateOptionsResult.Success;
    }
}
