using Microsoft.Extensions.Options;
using Npgsql;

namespace Granero.Gateways.Hosting;

/// <summary>What the settings of every gateway must be. One that is not stops the start with a sentence that names it and the fix.</summary>
public sealed class GatewayRules : IValidateOptions<GatewayOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GatewayOptions options) => Judge(
        (options.HealthPort is > 0 and <= ushort.MaxValue, "Health:Port must be a port from 1 to 65535, for example 8081."),
        (IsConnectionString(options.ConnectionString), "ConnectionStrings:granero is missing or no Npgsql connection string; set it, for example \"Host=localhost;Database=granero;Username=granero\"."));

    /// <summary>Fails with the sentences of all rules that do not hold.</summary>
    public static ValidateOptionsResult Judge(params (bool Holds, string Sentence)[] rules)
    {
        var broken = rules.Where(rule => !rule.Holds).Select(rule => rule.Sentence).ToArray();
        return broken.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(broken);
    }

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
