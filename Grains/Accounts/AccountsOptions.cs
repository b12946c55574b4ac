using Microsoft.Extensions.Options;

namespace Granero.Accounts;

/// <summary>The settings under <c>Accounts:</c> that the silos read.</summary>
public sealed class AccountsOptions : IValidateOptions<AccountsOptions>
{
    /// <summary>Rounds of PBKDF2 with HMAC-SHA512 for a password. A higher number is taken over at each user's next login.</summary>
    public int PasswordIterations { get; set; } = 100_000;

    public ValidateOptionsResult Validate(string? name, AccountsOptions options) => options.PasswordIterations >= 1000
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Accounts:PasswordIterations is {options.PasswordIterations}: set it to 1000 or more, such as 100000.");
}
