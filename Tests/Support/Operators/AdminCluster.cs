using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Granero.Tests.Support.Peers;
using Microsoft.AspNetCore.Identity;
using Orleans.TestingHost;
using Xunit;

namespace Granero.Tests.Support.Operators;

[CollectionDefinition(Name)]
public sealed class AdminCollection : ICollectionFixture<AdminCluster>
{
    public const string Name = "admin";
}

/// <summary>One silo on a database of its own with an operator, and the REST gateway before it.</summary>
public sealed class AdminCluster : IAsyncLifetime
{
    public const string Operator = "ana";
    public const string Password = "a long password";
    public const int Agencies = 3;
    private static readonly (string Key, string Value) Dashboard = ("Admin:Dashboard", "true");

    private TestDatabase? _database;
    private InProcessTestCluster? _cluster;
    private PeersGateway? _gateway;

    internal TestDatabase Database => _database ?? throw PostgresServer.Missing();

    internal IGrainFactory Grains => _cluster?.Client ?? throw PostgresServer.Missing();

    internal PeersGateway Gateway => _gateway ?? throw PostgresServer.Missing();

    public async ValueTask InitializeAsync()
    {
        if (!PostgresServer.IsGiven)
            return; // a fixture cannot skip: the tests do, when they ask for what is missing
        _database = await TestDatabase.CreateAsync();
        await AddOperator(Database, Operator, Password);
        _cluster = await SiloCluster.DeployAsync(_database, silos: 1, PeersCluster.FastPasswords, Dashboard, ("Lottery:Agencies", $"{Agencies}"));
        _gateway = await PeersGateway.StartAsync(_cluster.Client, Dashboard);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    internal static Task AddOperator(TestDatabase database, string name, string password) => database.Execute(
        $"insert into operators (operator, password_hash, made_at) values ('{name}', '{new PasswordHasher<object>().HashPassword(new(), password)}', now())");

    internal HttpClient Stranger() => new() { BaseAddress = Gateway.MainAddress };

    /// <summary>A client that bears the token of a new session.</summary>
    internal async Task<HttpClient> LogIn(string name = Operator, string password = Password)
    {
        var client = Stranger();
        using var response = await client.PostAsJsonAsync("/admin/login", new { name, password });
        response.EnsureSuccessStatusCode();
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client that bears the token of a peer that is logged in.</summary>
    internal async Task<HttpClient> LogInAsPeer(string name)
    {
        using var peers = new HttpClient { BaseAddress = Gateway.Address };
        using var response = await peers.PostAsJsonAsync("/login", new { username = name, password = "secret", peer_ip = "10.20.30.40" });
        response.EnsureSuccessStatusCode();
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        var client = Stranger();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
