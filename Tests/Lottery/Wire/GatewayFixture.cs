using Granero.Gateways.Hosting;
using Granero.Gateways.Tcp;
using Granero.Gateways.Tcp.Lottery;
using Granero.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granero.Tests.Lottery.Wire;

/// <summary>The gateway's own handler and services before a fake cluster, unless the test has a real one, with a clock that the test moves.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private readonly WebApplication _app;

    public GatewayFixture(Action<TcpOptions>? limits = null, Action<LotteryOptions>? lottery = null, TimeProvider? time = null, IGrainFactory? grains = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.AddLottery();
        builder.Services.Replace(ServiceDescriptor.Singleton(time ?? Time));
        builder.Services.AddSingleton<ClusterLink>().AddSingleton(grains ?? Cluster.Factory);
        if (grains is null)
            builder.Services.Replace(ServiceDescriptor.Singleton(services => new BetCarrier(services.GetRequiredService<UnansweredBatches>(), _ => GrainId.Parse("sys.client/gateway"))));
        builder.Services.Configure<TcpOptions>(options => limits?.Invoke(options));
        builder.Services.Configure<LotteryOptions>(options => lottery?.Invoke(options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience.Limit);
        builder.ConfigureSockets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, port => port.UseConnectionHandler<LotteryConnectionHandler>()));
        _app = builder.Build();
    }

    public FakeCluster Cluster { get; } = new();

    public ManualTime Time { get; } = new();

    public LogCollector Log { get; } = new();

    public ClusterLink Link => _app.Services.GetRequiredService<ClusterLink>();

    public DrawWatch Draws => _app.Services.GetRequiredService<DrawWatch>();

    public BetCarrier Carrier => _app.Services.GetRequiredService<BetCarrier>();

    /// <summary>A connection in memory: no sockets, no server.</summary>
    public TestPeer Connect() => new(_app.Services.GetRequiredService<LotteryConnectionHandler>());

    /// <summary>A real server on a port of its own.</summary>
    public async Task<int> StartServerAsync()
    {
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Uri(address).Port;
    }

    public Task StopServerAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
