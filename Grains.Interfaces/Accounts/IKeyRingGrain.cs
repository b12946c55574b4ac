namespace Granero.Accounts;

/// <summary>The keys that tokens are made with; its key is 0. All gateways read them, so each accepts the tokens of the others.</summary>
[Alias("granero.accounts.IKeyRingGrain")]
public interface IKeyRingGrain : IGrainWithIntegerKey
{
    /// <returns>The XML of every key, in the format of ASP.NET Core's data protection.</returns>
    [Alias("Read")]
    Task<string[]> Read(CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds a key, unless another was added within the last minute: gateways that start at the same time each want to add the first one, and
    /// must all use the same. Whoever adds reads all keys again afterwards. Repeating it is harmless.
    /// </summary>
    [Alias("Add")]
    Task Add(string name, string xml, CancellationToken cancellationToken = default);
}
