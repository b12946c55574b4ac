namespace Granero.Tasks;

/// <summary>Who this silo is to containers and rows: another one after each start.</summary>
internal sealed class RunnerIdentity(ILocalSiloDetails silo)
{
    public Guid Runner { get; } = Guid.NewGuid();

    /// <summary>Its address, which no other living silo has.</summary>
    public string Silo { get; } = silo.SiloAddress.Endpoint.ToString();

    /// <summary>Of which database; known once the runner has begun to work.</summary>
    public Guid Installation { get; set; }
}
