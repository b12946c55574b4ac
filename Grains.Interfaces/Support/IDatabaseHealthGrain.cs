namespace Granero.Support;

/// <summary>Asks Postgres whether it is there; its key is 0.</summary>
[Alias("granero.support.IDatabaseHealthGrain")]
public interface IDatabaseHealthGrain : IGrainWithIntegerKey
{
    /// <returns>Null when Postgres has answered; else why not, as a sentence. Within 3 s.</returns>
    [Alias("FaultOfDatabase"), ResponseTimeout("00:00:05")]
    Task<string?> FaultOfDatabase(CancellationToken cancellationToken = default);
}
