using Granero.Lottery;
using Granero.Peers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Granero;

/// <summary>All that a silo needs to host Granero's grains.</summary>
public static class GrainServices
{
    /// <summary>
    /// A silo that stands still, or is cut off from Postgres, in the middle of a transaction keeps its locks, the draw's among them, for as long as
    /// Postgres waits for it; meanwhile others' calls wait too. So Postgres waits for seconds only, less than gateways hold their clients.
    /// </summary>
    private const string ServerSideLimits =
        "-c statement_timeout=10s -c idle_in_transaction_session_timeout=5s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    /// <summary>Adds the grains' stores, settings and start-up work. The host supplies Orleans and <c>ConnectionStrings:granero</c>.</summary>
    public static ISiloBuilder AddGrainServices(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(Postgres);
        silo.AddLottery();
        silo.AddPeers();
        return silo;
    }

    private static void AddLottery(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<LotteryOptions>().BindConfiguration("Lottery").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<LotteryOptions>, LotteryOptions>();
        silo.Services.AddSingleton<BetStore>().AddSingleton<BetWriter>().AddSingleton<AgencyStore>().AddSingleton<DrawStore>();
        silo.AddStartupTask<DueDraw>();
    }

    private static void AddPeers(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<PeersOptions>().BindConfiguration("Peers").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<PeersOptions>, PeersOptions>();
        silo.Services.AddSingleton<PeerStore>().AddSingleton<LoginStore>().AddSingleton<SharedFileStore>().AddSingleton<PublishedFileStore>();
        silo.Services.AddSingleton<PasswordHashing>().AddSingleton<LoginThrottle>().AddSingleton<SharedFileNews>().AddSingleton<SiloDeaths>();
        silo.AddStartupTask<LeaseSweep>();
    }

    private static NpgsqlDataSource Postgres(IServiceProvider services)
    {
        var configured = services.GetRequiredService<IConfiguration>().GetConnectionString("granero");
        var connectionString = new NpgsqlConnectionStringBuilder(configured)
        {
            NoResetOnClose = true, // no statement of ours leaves anything in a session that the next one could find
        };
        connectionString.Options = $"{ServerSideLimits} {connectionString.Options}".TrimEnd();
        return NpgsqlDataSource.Create(connectionString);
    }
}
