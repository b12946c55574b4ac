using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp.Support;

/// <summary>Runs the process to its end, and says in its log and its exit code how it ended.</summary>
internal static partial class GatewayRun
{
    /// <returns>0 after a stop that was asked for; 1 when the process could not start, with one clear line in the log.</returns>
    public static async Task<int> RunToExitCodeAsync(this WebApplication app)
    {
        var logger = app.Logger;
        app.Lifetime.ApplicationStarted.Register(() => LogServing(logger, app.Services.GetRequiredService<IOptions<TcpOptions>>().Value.Port));
        app.Lifetime.ApplicationStopping.Register(() => LogStopping(logger));
        app.Lifetime.ApplicationStopped.Register(() => LogStopped(logger));
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

    [LoggerMessage(LogLevel.Information, "The TCP gateway serves on port {Port}")]
    private static partial void LogServing(ILogger logger, int port);

    [LoggerMessage(LogLevel.Information, "The TCP gateway stops: it takes no new connections and finishes what it is answering")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(LogLevel.Information, "The TCP gateway has stopped")]
    private static partial void LogStopped(ILogger logger);
}
