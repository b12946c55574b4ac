namespace Granero.Cluster;

/// <summary>The silos and their database, for those who watch over them; its key is 0.</summary>
[Alias("granero.cluster.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>How all silos are. May be a second old.</summary>
    [Alias("Look")]
    Task<ClusterBoard> Look(CancellationToken cancellationToken = default);
}
