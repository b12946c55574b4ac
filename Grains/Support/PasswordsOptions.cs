using Microsoft.Extensions.Options;

namespace Granero.Support;

/// <summary>The settings under <c>Passwords:</c>, for all who log in.</summary>
public sealed class PasswordsOptions : IValidateOptions<PasswordsOptions>
{
    /// <summary>How long a login or a sign-up may be expected to wait for a processor; who would wait longer is refused at once.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(5);

    public ValidateOptionsResult Validate(string? name, PasswordsOptions options) =>
        options.LongestWait > TimeSpan.Zero && options.LongestWait <= TimeSpan.FromSeconds(10)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Passwords:LongestWait is {options.LongestWait}: set it to a time above zero and up to 10 seconds, such as 00:00:05.");
}
