using Microsoft.Extensions.Options;

namespace Granero.Operators;

/// <summary>The settings under <c>Admin:</c> that the silos read.</summary>
public sealed class AdminOptions : IValidateOptions<AdminOptions>
{
    /// <summary>
    /// A file with one line, <c>name:password</c>: this operator is there, with this password, once the silo has started. None: operators stay
    /// as they are, and without any, the admin API is off.
    /// </summary>
    public string? OperatorFile { get; set; }

    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        if (string.IsNullOrEmpty(options.OperatorFile))
            return ValidateOptionsResult.Success;
        try
        {
            Read(options.OperatorFile);
            return ValidateOptionsResult.Success;
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException or FormatException)
        {
            return ValidateOptionsResult.Fail($"Admin:OperatorFile: {mistake.Message}");
        }
    }

    /// <exception cref="FormatException">It says something else; the message says what it should say.</exception>
    internal static (string Name, string Password) Read(string file)
    {
        var parts = File.ReadAllText(file).Trim().Split(':', 2);
        return parts is [{ Length: > 0 and <= 100 } name, { Length: >= OperatorsGrain.ShortestPassword } password]
            ? (name, password)
            : throw new FormatException($"{file} must have one line, name:password, the password with {OperatorsGrain.ShortestPassword} characters or more.");
    }
}
