using Granero.Support;
using Granero.Tests.Support;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>What a silo may still write when it has been declared dead: nothing.</summary>
public sealed class FenceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Cluster = "fence";
    private static int _lastGeneration;

    private readonly Silo _silo = new(SiloAddress.New(System.Net.IPAddress.Parse("10.1.2.3"), 11111, Interlocked.Increment(ref _lastGeneration)));

    [Fact]
    public async Task A_session_in_the_middle_of_a_transaction_ends_when_its_silo_is_declared_dead()
    {
        await JoinAsync();
        await using var sessions = Open();
        await using var connection = await sessions.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, $"insert into ready_agencies values (1, {_silo.SiloAddress.Generation}, now())");

        await DeclareDeadAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
        Assert.Empty(await postgres.Value.QueryAsync<int>($"select agency from ready_agencies where agency = {_silo.SiloAddress.Generation}"));
    }

    [Fact]
    public async Task A_dead_silo_gets_no_new_session()
    {
        await JoinAsync();
        await DeclareDeadAsync();
        await using var sessions = Open();

        var refusal = await Assert.ThrowsAsync<PostgresException>(async () => await sessions.OpenConnectionAsync());

        Assert.Equal("GR001", refusal.SqlState);
    }

    [Fact]
    public async Task A_dead_silo_whose_row_was_cleaned_up_gets_no_new_session()
    {
        await JoinAsync();
        await postgres.Value.ExecuteAsync($"delete from orleansmembershiptable where generation = {_silo.SiloAddress.Generation} and deploymentid = '{Cluster}'");
        await using var sessions = Open();

        await Assert.ThrowsAsync<PostgresException>(async () => await sessions.OpenConnectionAsync());
    }

    [Fact]
    public async Task Its_successor_at_the_same_address_is_not_meant()
    {
        await JoinAsync();
        var successor = new Silo(SiloAddress.New(_silo.SiloAddress.Endpoint, Interlocked.Increment(ref _lastGeneration)));
        await JoinAsync(successor);
        await using var sessions = Open(successor);
        await using var connection = await sessions.OpenConnectionAsync();

        await DeclareDeadAsync();

        await ExecuteAsync(connection, "select 1");
    }

    private NpgsqlDataSource Open(Silo? silo = null) =>
        new SiloSessions(silo ?? _silo, Options.Create(new ClusterOptions { ClusterId = Cluster })).Open(postgres.ConnectionString);

    private Task JoinAsync(Silo? silo = null) => postgres.Value.ExecuteAsync(
        $"""
        insert into orleansmembershipversiontable values ('{Cluster}', 0) on conflict do nothing;
        insert into orleansmembershiptable values
          ('{Cluster}', '10.1.2.3', 11111, {(silo ?? _silo).SiloAddress.Generation}, 'silo', 'host', 3, 30000, null, now(), now());
        """);

    private Task DeclareDeadAsync() => postgres.Value.ExecuteAsync(
        $"update orleansmembershiptable set status = 6 where deploymentid = '{Cluster}' and generation = {_silo.SiloAddress.Generation}");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Silo(SiloAddress SiloAddress) : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => Cluster;

        public string DnsHostName => "host";

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
