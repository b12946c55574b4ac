using Npgsql;

namespace Granero.Gateways.Hosting;

/// <summary>Tells failures of the cluster, which pass, from mistakes.</summary>
public static class ClusterFailures
{
    /// <returns>Whether a call failed since the cluster or its database could not answer, or this process stops: the client may try again.</returns>
    public static bool IsUnavailable(Exception failure) =>
        failure is OrleansException or TimeoutException or OperationCanceledException or NpgsqlException;
}
