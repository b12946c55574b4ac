namespace Granero.Accounts;

/// <summary>A request for an account.</summary>
/// <param name="Id">Made by the gateway: the same request sent again has the same one.</param>
/// <param name="Email">See <see cref="AccountNames.IsEmail"/>.</param>
/// <param name="Password">As the user gave it.</param>
/// <param name="Ip">Where the call comes from; null from a gateway that does not tell.</param>
[GenerateSerializer, Immutable, Alias("granero.accounts.SignUp")]
public sealed record SignUp(
    [property: Id(0)] Guid Id, [property: Id(1)] string Email, [property: Id(2)] string Password, [property: Id(3)] string? Ip = null)
{
    /// <summary>Without the password, which is not for logs.</summary>
    public override string ToString() => $"SignUp {{ Id = {Id}, Email = {Email} }}";
}
