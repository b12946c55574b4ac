using Granero.Accounts;
using Granero.Cluster;
using Granero.Lottery;
using Granero.Operators;
using Granero.Peers;
using Granero.Support;
using Granero.Tasks;
using Granero.Videos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;

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
        silo.Services.AddSingleton<LoginThrottle>().AddSingleton<SiloDepartures>();
        silo.AddPasswords();
        // Else whoever called gets to know that there is no codec for Npgsql's exceptions, and not what is wrong with Postgres.
        silo.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add("Npgsql"));
        silo.AddLottery();
        silo.AddPeers();
        silo.AddOperators();
        silo.Services.AddSingleton<ClusterStore>();
        silo.AddTasks();
        silo.AddAccounts();
        silo.AddVideos();
        return silo;
    }

    private static void AddPasswords(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<PasswordsOptions>().BindConfiguration("Passwords").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<PasswordsOptions>, PasswordsOptions>();
        // Half of the processors: a crowd that logs in does not keep a silo from its other calls.
        silo.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<HashingQueue>(services, Math.Max(1, Environment.ProcessorCount / 2)));
    }

    private static void AddLottery(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<LotteryOptions>().BindConfiguration("Lottery").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<LotteryOptions>, LotteryOptions>();
        silo.Services.AddSingleton<BetStore>().AddSingleton<BetWriter>().AddSingleton<Repetitions>().AddSingleton<AgencyStore>().AddSingleton<DrawStore>();
        silo.Services.AddSingleton<DrawRecordStore>().AddSingleton<BetExportStore>().AddSingleton<BetTallies>();
        silo.Services.AddHostedService(services => services.GetRequiredService<BetTallies>());
        silo.AddStartupWork<DueDraw>();
    }

    private static void AddPeers(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<PeersOptions>().BindConfiguration("Peers").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<PeersOptions>, PeersOptions>();
        silo.Services.AddSingleton<PeerStore>().AddSingleton<LoginStore>().AddSingleton<SharedFileStore>().AddSingleton<PublishedFileStore>().AddSingleton<PeerDirectoryStore>();
        silo.Services.AddSingleton<PeerPasswords>().AddSingleton<SharedFileNews>();
        silo.Services.AddSampledGauge(PeersTelemetry.LoggedIn, PeersTelemetry.CountLoggedIn);
        silo.AddStartupWork<LeaseSweep>();
    }

    private static void AddOperators(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<AdminOptions>().BindConfiguration("Admin").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<AdminOptions>, AdminOptions>();
        silo.Services.AddSingleton<OperatorStore>().AddSingleton<AuditStore>().AddSingleton<OperatorPasswords>();
        silo.AddStartupTask<FirstOperator>();
    }

    private static void AddAccounts(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<AccountsOptions>().BindConfiguration("Accounts").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<AccountsOptions>, AccountsOptions>();
        silo.Services.AddSingleton<AccountStore>().AddSingleton<AccountPasswords>().AddSingleton<UserListStore>();
    }

    private static void AddVideos(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<MediaOptions>().BindConfiguration("Media");
        silo.Services.AddOptions<VideosOptions>().BindConfiguration("Videos").ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<VideosOptions>, VideosOptionsRules>();
        silo.Services.AddSingleton<VideoStore>().AddSingleton<VideoBoardStore>().AddSingleton<UploadStore>().AddSingleton<VideoQueue>().AddSingleton<VideoProbe>().AddSingleton<Encoder>().AddSingleton<MediaSweep>();
        silo.Services.AddSingleton<IMediaStore>(services => new MediaFolder(services.GetRequiredService<IOptions<MediaOptions>>().Value.Root));
        silo.Services.AddSingleton<VideoNews>().AddHostedService(services => services.GetRequiredService<VideoNews>());
        silo.Services.AddHostedService<Encoders>();
        silo.Services.AddSampledGauge(VideosTelemetry.Unfinished, VideosTelemetry.CountUnfinished);
        // Only silos that process videos have the grain that needs what they have: the others' calls go to them.
        silo.Services.AddOptions<GrainTypeOptions>().PostConfigure<IOptions<MediaOptions>, IOptions<VideosOptions>>((types, media, videos) =>
        {
            if (videos.Value.EncodersOf(media.Value.Root) == 0)
                types.Classes.Remove(typeof(EncoderSiloGrain));
        });
    }
}
