using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granero.Support;

/// <summary>Something that a silo sees to when it starts. It is begun again when it fails, so it has to be harmless to repeat.</summary>
internal interface IStartupWork
{
    Task DoAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Does the work beside the silo's start, and not as a part of it: calls to grains fail while the members that a crash left behind are still in the
/// table, and a start that fails for that makes a minute's outage of some seconds.
/// </summary>
internal sealed partial class StartupWork<TWork>(TWork work, IHostApplicationLifetime silo, TimeProvider time, ILogger<TWork> logger) : IStartupTask
    where TWork : IStartupWork
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public Task Execute(CancellationToken cancellationToken)
    {
        _ = Task.Run(() => TryUntilDoneAsync(silo.ApplicationStopping), cancellationToken);
        return Task.CompletedTask;
    }

    private async Task TryUntilDoneAsync(CancellationToken stopping)
    {
        for (var isDone = false; !isDone && !stopping.IsCancellationRequested;)
        {
            try
            {
                await work.DoAsync(stopping);
                isDone = true;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                LogTryingAgain(failure.GetType().Name, failure.Message);
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception)
            {
                return; // the silo stops, and the next one that starts has the same work
            }
        }
    }

    [LoggerMessage(9001, LogLevel.Warning, "What a silo sees to when it starts failed, and is tried again in a second: {Kind}: {Reason}")]
    private partial void LogTryingAgain(string kind, string reason);
}

internal static class StartupWorkServices
{
    public static void AddStartupWork<TWork>(this ISiloBuilder silo) where TWork : class, IStartupWork
    {
        silo.Services.TryAddSingleton<TWork>();
        silo.AddStartupTask<StartupWork<TWork>>();
    }
}
