using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Granero.Gateways.Hosting;

/// <summary>Whether Postgres answers. A gateway finds its silos there, and no silo serves without it.</summary>
public sealed class DatabaseHealth(IConfiguration configuration) : IAsyncDisposable
{
    /// <summary>Below what those who ask for health commonly wait.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _postgres = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("granero")) { MaxPoolSize = 2, MinPoolSize = 0 });

    /// <returns>False when it does not, or not within a second.</returns>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Left behind when it takes longer: Npgsql does not heed the token while a server that took the connection keeps silent.
            await AskAsync(cancellationToken).WaitAsync(AnswerWithin, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var command = _postgres.CreateCommand("select 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }
}
