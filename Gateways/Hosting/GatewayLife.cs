using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Hosting;

/// <summary>Runs the process to its end, and says in its log and by its exit code how it ended.</summary>
public static partial class GatewayLife
{
    /// <param name="builder">The gateway, but for its routes.</param>
    /// <param name="gateway">What it is called in its log, such as TCP.</param>
    /// <param name="portSetting">The setting that says where its clients reach it, such as <c>Tcp:Port</c>.</param>
    /// <param name="map">Adds its routes; health is there already.</param>
    /// <returns>0 after a stop that was asked for; 1 when the process could not start, with one clear line on standard error.</returns>
    public static async Task<int> RunAsync(WebApplicationBuilder builder, string gateway, string portSetting, Action<WebApplication>? map = null)
    {
        var stopping = CancellationToken.None;
        try
        {
            await using var app = builder.Build();
            stopping = app.Lifetime.ApplicationStopping;
            app.MapHealth();
            map?.Invoke(app);
            Announce(app, gateway, app.Configuration[portSetting]);
            await app.RunAsync();
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop while it still waited for the cluster.
            return 0;
        }
        catch (Exception mistake) when (mistake is OptionsValidationException or InvalidOperationException or IOException)
        {
            return await FailAsync(gateway, ReasonOf(mistake));
        }
    }

    /// <remarks>Kestrel's sentence names the address, and not the setting: a gateway has several ports.</remarks>
    internal static string ReasonOf(Exception mistake) => mistake.InnerException is AddressInUseException
        ? $"{mistake.Message.TrimEnd('.')}. End what listens there, or set another port here."
        : mistake.Message;

    private static async Task<int> FailAsync(string gateway, string reason)
    {
        await Console.Error.WriteLineAsync($"The {gateway} gateway cannot start: {reason}");
        return 1;
    }

    private static void Announce(WebApplication app, string gateway, string? port)
    {
        var logger = app.Logger;
        app.Lifetime.ApplicationStarted.Register(() => LogServing(logger, gateway, port));
        app.Lifetime.ApplicationStopping.Register(() => LogStopping(logger, gateway));
        app.Lifetime.ApplicationStopped.Register(() => LogStopped(logger, gateway));
    }

    [LoggerMessage(9007, LogLevel.Information, "The {Gateway} gateway serves on port {Port}")]
    private static partial void LogServing(ILogger logger, string gateway, string? port);

    [LoggerMessage(9008, LogLevel.Information, "The {Gateway} gateway stops: it takes no new connections and finishes what it is answering")]
    private static partial void LogStopping(ILogger logger, string gateway);

    [LoggerMessage(9009, LogLevel.Information, "The {Gateway} gateway has stopped")]
    private static partial void LogStopped(ILogger logger, string gateway);
}
