using Granero.Lottery;
using Granero.Peers;
using Granero.Tests.Support.Operators;
using Microsoft.Playwright;
using Xunit;

namespace Granero.Tests.Support.Browsing;

[CollectionDefinition(Name)]
public sealed class ConsoleCollection : ICollectionFixture<ConsoleCluster>, ICollectionFixture<Browser>
{
    public const string Name = "console";
}

/// <summary>A Granero in which something is going on: a draw was held, the next one has bets, peers share files.</summary>
public sealed class ConsoleCluster : IAsyncLifetime
{
    private static readonly string[] Names = ["ana", "bruno", "carla", "diego", "elena", "facundo"];

    public AdminCluster Admin { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Admin.InitializeAsync();
        if (PostgresServer.IsGiven)
            await FillAsync();
    }

    public ValueTask DisposeAsync() => Admin.DisposeAsync();

    internal IAgencyGrain Agency(int number) => Admin.Grains.GetGrain<IAgencyGrain>(number);

    /// <summary>The console, with an operator logged in, on one of its tabs.</summary>
    internal async Task EnterAsync(IPage page, string tab)
    {
        await page.GotoAsync(new Uri(Admin.Gateway.MainAddress, $"/console/#{tab}").ToString());
        await page.Locator("input[name=name]").FillAsync(AdminCluster.Operator);
        await page.Locator("input[name=password]").FillAsync(AdminCluster.Password);
        await page.Locator("button.main").ClickAsync();
        await page.Locator("main .figures").WaitForAsync();
    }

    private async Task FillAsync()
    {
        await PlaceAsync(agencies: 5, batches: 12);
        await Agency(1).PlaceBets(Bets.Of(("Ana", "Pérez", "30904465", "1999-03-17", 7574), ("Eva", "Gómez", "28111222", "1988-01-02", 7574)));
        await Admin.Grains.GetGrain<IDrawGrain>(1).HoldNow();
        await PlaceAsync(agencies: 4, batches: 7);
        await Agency(2).DeclareReady();
        foreach (var (name, i) in Names.Select((name, i) => (name, i)))
        {
            var caller = Caller.From(System.Net.IPAddress.Parse($"10.0.0.{i + 1}"), token: null);
            await Admin.Grains.GetGrain<IPeerGrain>(name).LogIn(new($"10.0.0.{i + 1}:50051", "secret", caller, Caller.HashOf($"token of {name}")));
            await Admin.Grains.GetGrain<IPeerAddressGrain>($"10.0.0.{i + 1}:50051").IndexFiles([.. Enumerable.Range(1, 3 + (i * 7)).Select(n => $"song-{n:d3}.mp3")], caller);
        }
    }

    private async Task PlaceAsync(int agencies, int batches)
    {
        for (var agency = 1; agency <= agencies; agency++)
        {
            for (var batch = 0; batch < batches; batch++)
                await Agency(agency).PlaceBets(Bets.Some(20 + (agency * 11) + batch));
        }
    }
}
