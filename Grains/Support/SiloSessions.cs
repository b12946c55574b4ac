using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;

namespace Granero.Support;

/// <summary>
/// The sessions that this silo's grains have with Postgres. They end when the silo is declared dead, before another one takes over, and no new
/// ones begin: a silo that stood still for a while must not write what its successor has written (schema file fence).
/// </summary>
internal sealed class SiloSessions(ILocalSiloDetails silo, IOptions<ClusterOptions> cluster)
{
    /// <summary>
    /// A silo that stands still in the middle of a transaction keeps its locks, the draw's among them, for as long as Postgres waits for it;
    /// meanwhile others' calls wait too. So Postgres waits for seconds only, less than gateways hold their clients.
    /// </summary>
    private const string ServerSideLimits =
        "-c statement_timeout=10s -c idle_in_transaction_session_timeout=5s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    private readonly SiloAddress _address = silo.SiloAddress;

    /// <summary>What the trigger tells them by, and then the silo's name, for people.</summary>
    private string Name => $"{_address.Endpoint.Address}:{_address.Endpoint.Port}@{_address.Generation} {silo.Name}";

    /// <param name="configured">The connection string; its application name and options give way.</param>
    public NpgsqlDataSource Open(string? configured)
    {
        var builder = new NpgsqlDataSourceBuilder(configured);
        builder.ConnectionStringBuilder.ApplicationName = Name;
        builder.ConnectionStringBuilder.Options = $"{ServerSideLimits} {builder.ConnectionStringBuilder.Options}".TrimEnd();
        builder.ConnectionStringBuilder.NoResetOnClose = true; // no statement of ours leaves anything in a session that the next one could find
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var check = Check(connection);
                check.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var check = Check(connection);
                await check.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }

    private NpgsqlCommand Check(NpgsqlConnection connection) => new("select refuse_dead_silo($1, $2, $3, $4)", connection)
    {
        Parameters =
        {
            new() { Value = cluster.Value.ClusterId },
            new() { Value = _address.Endpoint.Address.ToString() },
            new() { Value = _address.Endpoint.Port },
            new() { Value = _address.Generation },
        },
    };
}
