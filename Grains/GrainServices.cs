using Granero.Lottery;
using Granero.Peers;
using Granero.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Granero;

/// <summary>All that a silo needs to host Granero's grains.</summary>
public static class GrainServices
{
    /// <summary>Adds the grains' stores, settings and start-up work. The host supplies Orleans and <c>ConnectionStrings:granero</c>.</summary>
    public static ISiloBuilder AddGrainServices(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<SiloSessions>();
        silo.Services.AddSingleton(services =>
            services.GetRequiredService<SiloSessions>().Open(services.GetRequiredService<IConfiguration>().GetConnectionString("granero")));
        silo.AddLottery();
        silo.AddPeers();
        return silo;
    }

    private static void AddLottery(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<LotteryOptions>().BindConfiguration("Lottery").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<LotteryOptions>, LotteryOptions>();
        silo.Services.AddSingleton<BetStore>().AddSingleton<BetWriter>().AddSingleton<AgencyStore>().AddSingleton<DrawStore>();
        silo.AddStartupWork<DueDraw>();
    }

    private static void AddPeers(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<PeersOptions>().BindConfiguration("Peers").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<PeersOptions>, PeersOptions>();
        silo.Services.AddSingleton<PeerStore>().AddSingleton<LoginStore>().AddSingleton<SharedFileStore>().AddSingleton<PublishedFileStore>();
        silo.Services.AddSingleton<PasswordHashing>().AddSingleton<LoginThrottle>().AddSingleton<SharedFileNews>().AddSingleton<SiloDeaths>();
        silo.AddStartupWork<LeaseSweep>();
    }
}
