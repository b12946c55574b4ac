using Granero.Schema;
using Granero.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Granero.Tests.Schema;

public sealed class SchemaApplierTests : IAsyncLifetime
{
    private static readonly SchemaFile Grains = new(1, "grains", "create table grain (id int primary key)");
    private static readonly SchemaFile Names = new(2, "names", "alter table grain add name text not null default ''; insert into grain values (1, 'wheat')");

    private PostgresDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Files_applied_twice_are_applied_once()
    {
        await ApplyAsync([Grains, Names]);
        await ApplyAsync([Grains, Names]);

        Assert.Equal(["1 grains", "2 names"], await AppliedAsync());
        Assert.Equal([1L], await _database.QueryAsync<long>("select count(*) from grain", Cancellation));
    }

    [Fact]
    public async Task Eight_silos_that_start_at_once_apply_each_file_once()
    {
        var silos = Enumerable.Range(0, 8).Select(_ => Database.PrepareAsync(_database.ConnectionString, new(), NullLogger.Instance, Cancellation));
        await Task.WhenAll(silos);

        Assert.Equal(SchemaFile.ReadEmbedded().Select(file => $"{file.Version} {file.Name}"), await AppliedAsync());
        Assert.Equal([20L], await _database.QueryAsync<long>("select count(*) from OrleansQuery", Cancellation));
    }

    [Fact]
    public async Task A_silo_waits_for_another_one_that_is_applying()
    {
        await using var other = await _database.OpenAsync(Cancellation);
        await new SchemaApplier(other, [Grains], NullLogger.Instance).ApplyAsync(Cancellation);
        var logger = new RecordingLogger();

        var waiting = ApplyAsync([Grains, Names], logger);
        await logger.FirstLine.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal(["1 grains"], await AppliedAsync());
        await other.CloseAsync();
        await waiting;

        Assert.Equal(["1 grains", "2 names"], await AppliedAsync());
    }

    [Fact]
    public async Task A_database_is_upgraded_while_an_older_silo_writes_to_it()
    {
        await ApplyAsync([Grains]);
        using var upgraded = new CancellationTokenSource();
        var firstWrite = new TaskCompletionSource();
        var olderSilo = WriteUntilAsync(firstWrite, upgraded.Token);
        await firstWrite.Task;

        await ApplyAsync([Grains, Names]);
        await upgraded.CancelAsync();
        var written = await olderSilo;

        Assert.Equal(["1 grains", "2 names"], await AppliedAsync());
        Assert.Equal([written], await _database.QueryAsync<long>("select count(*) from grain where id > 1", Cancellation));
    }

    [Fact]
    public async Task A_session_that_holds_a_table_does_not_stop_the_upgrade_once_it_lets_go()
    {
        await ApplyAsync([Grains]);
        await using var reader = await _database.OpenAsync(Cancellation);
        var transaction = await reader.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(reader, "select * from grain");

        var upgrade = ApplyAsync([Grains, Names]);
        await UntilAsync("select exists (select from pg_locks where relation = 'grain'::regclass and not granted)");
        await transaction.CommitAsync(Cancellation);
        await upgrade;

        Assert.Equal(["1 grains", "2 names"], await AppliedAsync());
    }

    [Fact]
    public async Task A_file_that_was_changed_after_it_was_applied_is_refused()
    {
        await ApplyAsync([Grains]);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => ApplyAsync([Grains with { Sql = "select 1" }, Names]));

        Assert.Contains("0001-grains.sql is not the one that this database was made with", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["1 grains"], await AppliedAsync());
    }

    [Fact]
    public async Task A_file_that_got_another_name_is_the_same_file()
    {
        await ApplyAsync([Grains]);
        await ApplyAsync([Grains with { Name = "silo" }, Names]);

        Assert.Equal(["1 grains", "2 names"], await AppliedAsync());
    }

    [Fact]
    public async Task A_newer_database_is_accepted_with_a_warning()
    {
        await ApplyAsync([Grains, Names]);
        var logger = new RecordingLogger();

        await ApplyAsync([Grains], logger);

        var (_, message) = Assert.Single(logger.Lines, line => line.Level == LogLevel.Warning);
        Assert.Contains("schema version 2, and this silo knows 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_database_with_another_past_is_refused()
    {
        await ApplyAsync([Grains, Names]);
        await Assert.ThrowsAsync<StartupException>(() => ApplyAsync([Grains with { Sql = "select 1" }]));
    }

    [Fact]
    public async Task A_history_with_a_gap_is_refused()
    {
        await ApplyAsync([Grains, Names]);
        await _database.ExecuteAsync("delete from granero_schema where version = 1", Cancellation);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => ApplyAsync([Grains, Names]));

        Assert.Contains("gap", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_fails_half_way_leaves_nothing_behind()
    {
        var broken = Names with { Sql = "create table half (id int); insert into half values (1); insert into nowhere values (1)" };

        var refusal = await Assert.ThrowsAsync<StartupException>(() => ApplyAsync([Grains, broken]));

        Assert.Contains("0002-names.sql could not be applied (42P01: relation \"nowhere\" does not exist)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["1 grains"], await AppliedAsync());
        Assert.Equal([true], await _database.QueryAsync<bool>("select to_regclass('half') is null", Cancellation));
    }

    [Fact]
    public async Task A_user_who_may_not_create_tables_is_told_what_is_missing()
    {
        var role = $"granero_test_{Guid.NewGuid():N}";
        await _database.ExecuteOnServerAsync($"create role {role} login password 'x'", Cancellation);
        try
        {
            var text = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = role, Password = "x" }.ConnectionString;
            var refusal = await Assert.ThrowsAsync<StartupException>(() => Database.PrepareAsync(text, new(), NullLogger.Instance, Cancellation));
            Assert.Contains($"make {role} the owner of database {_database.Name}", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            await _database.ExecuteOnServerAsync($"drop role {role}", CancellationToken.None);
        }
    }

    /// <summary>Inserts rows, one after another, by a statement that knows only the columns of the first file.</summary>
    private async Task<long> WriteUntilAsync(TaskCompletionSource firstWrite, CancellationToken stop)
    {
        await using var silo = await _database.OpenAsync(Cancellation);
        var written = 0L;
        for (var id = 2; !stop.IsCancellationRequested; id++, written++)
        {
            await ExecuteAsync(silo, $"insert into grain (id) values ({id})");
            firstWrite.TrySetResult();
        }

        return written;
    }

    private async Task ApplyAsync(SchemaFile[] files, ILogger? logger = null)
    {
        await using var connection = await _database.OpenAsync(Cancellation);
        await new SchemaApplier(connection, files, logger ?? NullLogger.Instance).ApplyAsync(Cancellation);
    }

    private Task<List<string>> AppliedAsync() =>
        _database.QueryAsync<string>("select version || ' ' || name from granero_schema order by version", Cancellation);

    private async Task UntilAsync(string condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!(await _database.QueryAsync<bool>(condition, limit.Token)).Single()) limit.Token.ThrowIfCancellationRequested();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
