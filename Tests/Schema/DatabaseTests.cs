using System.Net;
using System.Net.Sockets;
using Granero.Schema;
using Granero.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>What a silo refuses to start with, and what it says then.</summary>
public sealed class DatabaseTests
{
    private const string Password = "open-sesame";

    // Long enough for a busy machine to try once at least, shorter than the time between two log lines.
    private static readonly DatabaseOptions Brief = new() { ConnectTimeout = TimeSpan.FromSeconds(1.5) };
    private static readonly ServerSettings Safe = new(new(15, 4), "on", "on", "on", "UTF8");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "is not set")]
    [InlineData("  ", "is not set")]
    [InlineData("Database=granero", "names no host")]
    [InlineData("Host=db;Port=70000", "has Port 70000")]
    [InlineData("postgresql://granero:open-sesame@db/granero", "is no Npgsql connection string")]
    [InlineData("Host=db;Password=x;open-sesame=y", "is no Npgsql connection string")]
    [InlineData("Host=db;Timeout=open-sesame", "is no Npgsql connection string")]
    public async Task A_connection_string_that_cannot_work_is_refused_at_once(string? text, string expected)
    {
        var refusal = await RefusalAsync(text);

        Assert.StartsWith($"ConnectionStrings:granero {expected}", refusal.Message, StringComparison.Ordinal);
        AssertNoPassword(refusal);
    }

    [Fact]
    public async Task A_server_that_nobody_runs_is_tried_until_the_time_is_up()
    {
        var logger = new RecordingLogger();

        var refusal = await RefusalAsync($"Host=127.0.0.1;Port={UnusedPort()};Username=granero;Password={Password}", logger);

        Assert.Matches(@"^Postgres at 127\.0\.0\.1:\d+ could not be reached within 1.5 s \(.+\): start it, correct ", refusal.Message);
        AssertNoPassword(refusal);
        var (level, message) = Assert.Single(logger.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("trying again", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_when_the_time_is_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var refusal = await RefusalAsync($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=granero");

        Assert.Contains("could not be reached within 1.5 s", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var logger = new RecordingLogger();

        var preparing = Database.PrepareAsync($"Host=127.0.0.1;Port={UnusedPort()}", new(), logger, stop.Token);
        await logger.FirstLine.WaitAsync(Cancellation);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => preparing);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named()
    {
        var refusal = await RefusalAsync(new NpgsqlConnectionStringBuilder(PostgresServer.ConnectionString) { Database = "granero_nowhere" }.ConnectionString);

        Assert.Contains("has no database granero_nowhere: create it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whom_the_server_does_not_let_in_is_refused_at_once()
    {
        var text = new NpgsqlConnectionStringBuilder(PostgresServer.ConnectionString) { Username = "granero_nobody", Password = Password };

        var refusal = await RefusalAsync(text.ConnectionString);

        Assert.Contains("does not let Granero in", refusal.Message, StringComparison.Ordinal);
        AssertNoPassword(refusal);
    }

    [Fact]
    public async Task A_database_with_synchronous_commit_off_is_refused_unless_that_is_allowed()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync(Cancellation);
        await database.ExecuteAsync($"alter database {database.Name} set synchronous_commit = off", Cancellation);

        var refusal = await RefusalAsync(database.ConnectionString);
        Assert.StartsWith("Postgres runs with synchronous_commit = off", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("set Postgres:AllowUnsafeDurability to true", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([true], await database.QueryAsync<bool>("select to_regclass('granero_schema') is null", Cancellation));

        await Database.PrepareAsync(database.ConnectionString, new() { AllowUnsafeDurability = true }, NullLogger.Instance, Cancellation);
    }

    [Fact]
    public void A_server_before_version_15_is_refused_whatever_is_allowed()
    {
        var refusal = Assert.Throws<StartupException>(() => (Safe with { Version = new(14, 11) }).Check(new() { AllowUnsafeDurability = true }));

        Assert.Equal("Postgres is version 14.11, and Granero needs 15 or later: upgrade the server.", refusal.Message);
    }

    [Fact]
    public void A_database_whose_encoding_cannot_hold_every_name_is_refused()
    {
        var refusal = Assert.Throws<StartupException>(() => (Safe with { Encoding = "LATIN1" }).Check(new()));

        Assert.Equal("The database's encoding is LATIN1, which cannot hold every name: create it with encoding UTF8.", refusal.Message);
    }

    [Theory]
    [InlineData("on")]
    [InlineData("local")]
    [InlineData("remote_write")]
    [InlineData("remote_apply")]
    public void Every_synchronous_commit_that_waits_for_the_own_disk_will_do(string value) => (Safe with { SynchronousCommit = value }).Check(new());

    private static Task<StartupException> RefusalAsync(string? text, ILogger? logger = null) =>
        Assert.ThrowsAsync<StartupException>(() => Database.PrepareAsync(text, Brief, logger ?? NullLogger.Instance, Cancellation));

    /// <summary>Neither in the sentence nor in what a logger would print of the causes.</summary>
    private static void AssertNoPassword(StartupException refusal) => Assert.DoesNotContain(Password, refusal.ToString(), StringComparison.Ordinal);

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
