using Granero.Schema;
using Granero.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>What only a server of its own can show: settings of the whole server, and a server that comes late.</summary>
public sealed class UnsafeServerTests : IAsyncLifetime
{
    private PostgresOwnServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await PostgresOwnServer.CreateAsync(cancellationToken: Cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_server_without_fsync_or_full_page_writes_is_refused_unless_that_is_allowed()
    {
        await _server.StartAsync("-c fsync=off", Cancellation);
        Assert.StartsWith("Postgres runs with fsync = off", (await RefusalAsync()).Message, StringComparison.Ordinal);

        await _server.StopAsync(Cancellation);
        await _server.StartAsync("-c full_page_writes=off", Cancellation);
        Assert.StartsWith("Postgres runs with full_page_writes = off", (await RefusalAsync()).Message, StringComparison.Ordinal);

        await Database.PrepareAsync(_server.ConnectionString, new() { AllowUnsafeDurability = true }, NullLogger.Instance, Cancellation);
    }

    [Fact]
    public async Task A_server_that_comes_late_is_waited_for()
    {
        var logger = new RecordingLogger();
        var preparing = Database.PrepareAsync(_server.ConnectionString, new(), logger, Cancellation);
        await logger.FirstLine.WaitAsync(Cancellation);
        Assert.False(preparing.IsCompleted);

        await _server.StartAsync(cancellationToken: Cancellation);
        await preparing;

        Assert.Contains(logger.Lines, line => line.Message == "Schema file 0001-orleans.sql applied");
    }

    private Task<StartupException> RefusalAsync() =>
        Assert.ThrowsAsync<StartupException>(() => Database.PrepareAsync(_server.ConnectionString, new(), NullLogger.Instance, Cancellation));
}
