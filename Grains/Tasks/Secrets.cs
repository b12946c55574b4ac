using System.Text;

namespace Granero.Tasks;

/// <summary>Takes secrets out of what engines and registries say, before it is logged, stored or answered.</summary>
internal static class Secrets
{
    private const string Mask8 = "********";

    public static string Mask(string text, RegistryCredentials? credentials)
    {
        if (credentials is null)
            return text;
        foreach (var secret in FormsOf(credentials).Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, Mask8, StringComparison.Ordinal);
        return text;
    }

    private static string[] FormsOf(RegistryCredentials credentials) =>
    [
        credentials.Token,
        Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials.Token)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.User}:{credentials.Token}")),
    ];
}
