using Npgsql;

namespace Granero.Support;

/// <summary>Statements with positional parameters, so that one batch of them is one round trip.</summary>
internal static class Sql
{
    public static NpgsqlBatchCommand Command(string text, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    public static NpgsqlBatch Batch(this NpgsqlDataSource postgres, params ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        var batch = postgres.CreateBatch();
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        return batch;
    }
}
