using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp.Support;

/// <summary>Runs the process to its end, and says in its log and by its exit code how it ended.</summary>
internal static partial class GatewayLife
{
    /// <returns>0 after a stop that was asked for; 1 when the process could not start, with one clear line on standard error.</returns>
    public static async Task<int> RunAsync(WebApplicationBuilder builder)
    {
        var stopping = CancellationToken.None;
        try
        {
            await using var app = builder.Build();
            stopping = app.Lifetime.ApplicationStopping;
            app.MapHealth();
            Announce(app, app.Services.GetRequiredService<IOptions<TcpOptions>>().Value.Port);
            await app.RunAsync();
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop while it still waited for the cluster.
            return 0;
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync($"The TCP gateway cannot start: {taken.Message} Set Tcp:Port and Health:Port to ports that are free.");
            return 1;
        }
        catch (Exception mistake) when (mistake is OptionsValidationException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"The TCP gateway cannot start: {mistake.Message}");
            return 1;
        }
    }

    private static void Announce(WebApplication app, int port)
    {
        var logger = app.Logger;
        app.Lifetime.ApplicationStarted.Register(() => LogServing(logger, port));
        app.Lifetime.ApplicationStopping.Register(() => LogStopping(logger));
        app.Lifetime.ApplicationStopped.Register(() => LogStopped(logger));
    }

    [LoggerMessage(LogLevel.Information, "The TCP gateway serves on port {Port}")]
    private static partial void LogServing(ILogger logger, int port);

    [LoggerMessage(LogLevel.Information, "The TCP gateway stops: it takes no new connections and finishes what it is answering")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(LogLevel.Information, "The TCP gateway has stopped")]
    private static partial void LogStopped(ILogger logger);
}
