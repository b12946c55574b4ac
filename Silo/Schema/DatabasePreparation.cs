namespace Granero.Schema;

/// <summary>
/// Makes the database ready when the host starts. To be added before Orleans, which keeps its clustering there: hosted services
/// start one after another.
/// </summary>
internal sealed class DatabasePreparation(IConfiguration configuration, ILogger<DatabasePreparation> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Database.PrepareAsync(
        configuration.GetConnectionString(Database.ConnectionName), DatabaseOptions.Read(configuration), logger, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
