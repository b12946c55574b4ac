namespace Granero.Tasks;

/// <summary>What is asked of a container; it is recorded as it is, so it holds nothing secret.</summary>
/// <param name="Image">An image's name, for which <see cref="ImageName.TryParse"/> is true.</param>
/// <param name="Calculation">What the task service is to do; any text without NUL.</param>
/// <param name="Parameters">A JSON object, as it was sent: integers keep all of their digits.</param>
/// <param name="AdditionalData">A JSON object, as it was sent; null if absent.</param>
[GenerateSerializer, Immutable, Alias("granero.tasks.RemoteTaskRequest")]
public sealed record RemoteTaskRequest(
    [property: Id(0)] string Image,
    [property: Id(1)] string Calculation,
    [property: Id(2)] string Parameters,
    [property: Id(3)] string? AdditionalData);

/// <summary>A registry's user. It is in memory while its task runs, and never stored nor logged.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Token">The secret, as the registry knows it.</param>
[GenerateSerializer, Immutable, Alias("granero.tasks.RegistryCredentials")]
public sealed record RegistryCredentials(
    [property: Id(0)] string User,
    [property: Id(1)] string Token)
{
    /// <summary>Nothing: neither part is for logs.</summary>
    public override string ToString() => "RegistryCredentials";
}
