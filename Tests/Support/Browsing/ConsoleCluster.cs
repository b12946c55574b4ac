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
        await FillRowsAsync();
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

    /// <summary>Tasks and videos as their rows are: what runs them is not the console's concern.</summary>
    private Task FillRowsAsync() => Admin.Database.Execute(
        """
        insert into remote_tasks (id, image, calculation, parameters, state, attempts, error_kind, error, created_at, started_at, ended_at)
        select gen_random_uuid(), 'ana/task_service:1.' || n % 3, (array['suma', 'promedio', 'multiplicacion'])[1 + n % 3], '{}', s.state, 1,
               case when s.state = 'failed' then 'not_ready' end, case when s.state = 'failed' then 'The service did not answer in time.' end,
               now() - n * interval '40 seconds', now() - n * interval '40 seconds' + interval '1 second',
               case when s.state <> 'running' then now() - n * interval '40 seconds' + n * interval '0.4 seconds' + interval '3 seconds' end
        from generate_series(1, 40) n
        cross join lateral (select case when n < 3 then 'running' when n % 9 = 0 then 'failed' else 'succeeded' end as state) s;
        insert into users (username, email, created_at) values ('elena', 'elena@example.org', now()), ('bruno', 'bruno@example.org', now());
        insert into videos (user_id, upload, file_name, uploaded_at, length, sha256, width, height, duration_ms, has_sound, status, percent, failure, started_at, lease_ends_at, finished_at, result_length)
        select 1 + n % 2, gen_random_uuid(), 'holiday-' || n || '.mp4', now() - n * interval '5 minutes', n * 7300000, decode(repeat('ab', 32), 'hex'), 1280, 720, 30000, true,
               s.status, case when s.status = 1 then n * 17 else 0 end, case when s.status = 3 then 'The file has no picture that could be read.' end,
               now() - n * interval '4 minutes', case when s.status = 1 then now() + interval '1 hour' end,
               case when s.status in (2, 3) then now() - n * interval '4 minutes' + interval '21 seconds' end, case when s.status = 2 then 2000000 end
        from generate_series(1, 12) n cross join lateral (select case when n < 4 then 1 when n = 7 then 3 else 2 end as status) s;
        """);

    private async Task PlaceAsync(int agencies, int batches)
    {
        for (var agency = 1; agency <= agencies; agency++)
        {
            for (var batch = 0; batch < batches; batch++)
                await Agency(agency).PlaceBets(Bets.Some(20 + (agency * 11) + batch));
        }
    }
}
