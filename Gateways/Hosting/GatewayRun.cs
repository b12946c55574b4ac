using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Hosting;

/// <summary>Runs the process to its end, and says in its log and its exit code how it ended.</summary>
public static partial class GatewayRun
{
    /// <param name="app">The gateway, ready to start.</param>
    /// <param name="gateway">What it is called in its log, such as TCP.</param>
    /// <param name="port">Where its clients reach it, for its log; read once it has started, when the settings are known to be good.</param>
    /// <returns>0 after a stop that was asked for; 1 when the process could not start, with one clear line in the log.</returns>
    public static async Task<int> RunToExitCodeAsync(this WebApplication app, string gateway, Func<int> port)
    {
        var logger = app.Logger;
        app.Lifetime.ApplicationStarted.Register(() => LogServing(logger, gateway, port()));
        app.Lifetime.ApplicationStopping.Register(() => LogStopping(logger, gateway));
        app.Lifetime.ApplicationStopped.Register(() => LogStopped(logger, gateway));
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (Exception) when (app.Lifetime.ApplicationStopping.IsCancellationRequested && !app.Lifetime.ApplicationStarted.IsCancellationRequested)
        {
            // Told to stop while it still waited for the cluster.
            return 0;
        }
        catch (Exception failure) when (failure is OptionsValidationException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"The gateway cannot start: {failure.Message}");
            return 1;
        }
    }

    [LoggerMessage(LogLevel.Information, "The {Gateway} gateway serves on port {Port}")]
    private static partial void LogServing(ILogger logger, string gateway, int port);

    [LoggerMessage(LogLevel.Information, "The {Gateway} gateway stops: it takes no new connections and finishes what it is answering")]
    private static partial void LogStopping(ILogger logger, string gateway);

    [LoggerMessage(LogLevel.Information, "The {Gateway} gateway has stopped")]
    private static partial void LogStopped(ILogger logger, string gateway);
}
