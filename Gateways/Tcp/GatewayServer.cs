using Granero.Gateways.Hosting;
using Granero.Gateways.Tcp.Lottery;
using Granero.Gateways.Tcp.Support;
using Granero.Lottery;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp;

/// <summary>How the process is put together: its settings, its services, its port.</summary>
internal static class GatewayServer
{
    /// <summary>What is received ahead of what is being answered. A frame that is waited for may be larger: what has been looked at does not count.</summary>
    private const int ReadAheadBytes = 256 * 1024;

    public static void AddSettings(this IServiceCollection services)
    {
        services.AddOptions<TcpOptions>().BindConfiguration(TcpOptions.Section).ValidateOnStart();
        services.AddOptions<LotteryOptions>().BindConfiguration(LotteryOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TcpOptions>, OptionsRules>();
        services.AddSingleton<IValidateOptions<LotteryOptions>, OptionsRules>();
    }

    public static void AddLottery(this IServiceCollection services)
    {
        services.AddGrainRetry();
        services.AddOptions<GrainRetryOptions>().Configure<IOptions<TcpOptions>>((retry, tcp) => retry.RetryFor = tcp.Value.RetryFor);
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<UnansweredBatches>();
        services.AddSingleton(Carrier);
        services.AddSingleton<AgencyClient>();
        services.AddSingleton<DrawWatch>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<ConnectionLimit>();
        services.AddSingleton<BufferBudget>();
        services.AddSingleton<LotteryConnectionHandler>();
    }

    private static BetCarrier Carrier(IServiceProvider services) => new(
        services.GetRequiredService<UnansweredBatches>(),
        carrier => services.GetRequiredService<IGrainFactory>().CreateObjectReference<IBetCarrier>(carrier).GetGrainId());

    public static void ConfigureSockets(this WebApplicationBuilder builder) =>
        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = ReadAheadBytes);

    public static void Listen(this WebApplicationBuilder builder)
    {
        builder.ConfigureSockets();
        builder.Services.AddHostedService<BetCarrierEnd>(); // after the cluster's client, so that it stops before it
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var limits = kestrel.ApplicationServices.GetRequiredService<IOptions<TcpOptions>>().Value;
            kestrel.ListenAnyIP(limits.Port, port => port.UseConnectionHandler<LotteryConnectionHandler>());
        });
    }
}
