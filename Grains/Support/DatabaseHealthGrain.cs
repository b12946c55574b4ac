using Npgsql;
using Orleans.Concurrency;

namespace Granero.Support;

[GrainType("database-health"), StatelessWorker]
internal sealed class DatabaseHealthGrain(NpgsqlDataSource postgres) : Grain, IDatabaseHealthGrain
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(3);

    public async Task<string?> FaultOfDatabase(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Within);
        try
        {
            await using var batch = postgres.Batch(Sql.Command("select 1"));
            await batch.ExecuteScalarAsync(limit.Token);
            return null;
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return failure is OperationCanceledException ? $"The database did not answer within {Within.TotalSeconds} s." : failure.Message;
        }
    }
}
