using Granero.Lottery;
using Granero.Peers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Serialization;

namespace Granero;

/// <summary>All that a silo needs to host Granero's grains.</summary>
public static class GrainServices
{
    /// <summary>Adds the grains' stores, settings and start-up work. The host supplies Orleans and <c>ConnectionStrings:granero</c>.</summary>
    public static ISiloBuilder AddGrainServices(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(Postgres);
        // Else whoever called gets to know that there is no codec for Npgsql's exceptions, and not what is wrong with Postgres.
        silo.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add("Npgsql"));
        silo.AddLottery();
        silo.AddPeers();
        return silo;
    }

    private static void AddLottery(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<LotteryOptions>().BindConfiguration("Lottery").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<LotteryOptions>, LotteryOptions>();
        silo.Services.AddSingleton<BetStore>().AddSingleton<BetWriter>().AddSingleton<Repetitions>().AddSingleton<AgencyStore>().AddSingleton<DrawStore>();
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
        return NpgsqlDataSource.Create(connectionString);
    }
}
