using System.Text.Json;
using Granero.Gateways.Rest.Live;
using Granero.Gateways.Rest.Lottery;
using Granero.Lottery;
using Granero.Tests.Support;
using Granero.Tests.Support.Browsing;
using Granero.Tests.Support.Operators;
using Microsoft.Playwright;
using Xunit;

namespace Granero.Tests.Browsing;

/// <summary>The console in a browser. A picture of each tab is kept in the folder of <see cref="Browser.Pictures"/>.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class ConsoleTests(ConsoleCluster granero, Browser browser)
{
    [Theory]
    [InlineData("lottery", 1280, ColorScheme.Light)]
    [InlineData("lottery", 1280, ColorScheme.Dark)]
    [InlineData("lottery", 390, ColorScheme.Light)]
    [InlineData("lottery", 390, ColorScheme.Dark)]
    [InlineData("peers", 1280, ColorScheme.Light)]
    [InlineData("peers", 1280, ColorScheme.Dark)]
    [InlineData("peers", 390, ColorScheme.Light)]
    [InlineData("peers", 390, ColorScheme.Dark)]
    [InlineData("tasks", 1280, ColorScheme.Light)]
    [InlineData("tasks", 1280, ColorScheme.Dark)]
    [InlineData("tasks", 390, ColorScheme.Light)]
    [InlineData("tasks", 390, ColorScheme.Dark)]
    [InlineData("videos", 1280, ColorScheme.Light)]
    [InlineData("videos", 1280, ColorScheme.Dark)]
    [InlineData("videos", 390, ColorScheme.Light)]
    [InlineData("videos", 390, ColorScheme.Dark)]
    [InlineData("cluster", 1280, ColorScheme.Light)]
    [InlineData("cluster", 1280, ColorScheme.Dark)]
    [InlineData("cluster", 390, ColorScheme.Light)]
    [InlineData("cluster", 390, ColorScheme.Dark)]
    public async Task A_tab_shows_its_domain_at_any_width_without_a_fault_or_a_request_elsewhere(string tab, int width, ColorScheme scheme)
    {
        var page = await browser.OpenAsync(width, scheme: scheme);
        var faults = FaultsOf(page);
        await granero.EnterAsync(page, tab);
        await page.Locator($"main .card .row:not(.head)").First.WaitForAsync();
        await page.Locator(".pulse.live").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window");
        await Browser.KeepPictureAsync(page, $"{tab}-{(width > 500 ? "wide" : "narrow")}-{(scheme == ColorScheme.Light ? "light" : "dark")}");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task The_lottery_is_followed_live()
    {
        var page = await browser.OpenAsync();
        await granero.EnterAsync(page, "lottery");
        var row = page.Locator("main .body .row", new() { HasText = "77" }).First;
        await granero.Agency(77).PlaceBets(Bets.Some(5));
        await row.WaitForAsync();
        await granero.Agency(77).PlaceBets(Bets.Some(38));
        await Assertions.Expect(row.Locator(".right").First).ToHaveTextAsync("43");
    }

    [Fact]
    public async Task An_operator_drops_a_peer_by_keyboard_and_search()
    {
        var page = await browser.OpenAsync();
        await granero.EnterAsync(page, "lottery");
        await page.Keyboard.PressAsync("2");
        await page.Locator("input[type=search]").WaitForAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("facun");
        await Assertions.Expect(page.Locator("main .body .row")).ToHaveCountAsync(1);
        await page.Locator("main .body .row button.danger").PressAsync("Enter");
        await page.Locator("dialog button.danger").PressAsync("Enter");
        await Assertions.Expect(page.Locator("main .body .row")).ToHaveCountAsync(0);
        Assert.Empty(await granero.Admin.Database.Rows("select peer from logged_in_peers where peer = 'facundo'"));
    }

    [Fact]
    public async Task A_thousand_agencies_are_in_the_table_and_few_in_the_page()
    {
        await granero.Admin.Database.Execute("insert into ready_agencies select draw, agency, now() from draws, generate_series(1001, 2000) agency where held_at is null");
        try
        {
            var page = await browser.OpenAsync();
            await granero.EnterAsync(page, "lottery");
            await page.Locator("main .window").First.WaitForAsync();
            Assert.True(await page.Locator("main .window .row").CountAsync() < 80);
            await page.EvaluateAsync("document.querySelector('.window').scrollTop = 1e6");
            await page.Locator("main .window .row", new() { HasText = "2000" }).First.WaitForAsync();
        }
        finally
        {
            await granero.Admin.Database.Execute("delete from ready_agencies where agency > 1000");
        }
    }

    [Fact]
    public async Task Ten_thousand_tasks_come_in_pages_and_few_of_them_are_in_the_page()
    {
        await granero.Admin.Database.Execute(
            """
            insert into remote_tasks (id, image, calculation, parameters, state, attempts, created_at, started_at, ended_at)
            select gen_random_uuid(), 'many/' || n, 'suma', '{}', 'succeeded', 1, at, at, at
            from generate_series(1, 10000) n cross join lateral (select now() - interval '2 days' - n * interval '1 second' as at) a
            """);
        try
        {
            var page = await browser.OpenAsync();
            await granero.EnterAsync(page, "tasks");
            var table = page.Locator("main .grid");
            await Assertions.Expect(table).ToHaveAttributeAsync("aria-rowcount", "200");
            await page.Locator("main .empty button").ClickAsync();
            await Assertions.Expect(table).ToHaveAttributeAsync("aria-rowcount", "1200");
            await page.EvaluateAsync("document.querySelector('.window').scrollTop = 1e6");
            await page.Locator("main .window .row", new() { HasText = "many/1160" }).WaitForAsync(); // behind the 40 that are there
            Assert.True(await page.Locator("main .window .row").CountAsync() < 80);
        }
        finally
        {
            await granero.Admin.Database.Execute("delete from remote_tasks where image like 'many/%'");
        }
    }

    /// <summary>Longer than this nothing waits on its way by design; what the machine takes on top is not tested.</summary>
    [Fact]
    public void What_is_stored_is_on_the_page_within_a_second()
    {
        Assert.True(BetTallies.Period + LotteryAdmin.Period <= TimeSpan.FromSeconds(0.8), "a silo tells its counts, and then they are shown");
        Assert.True(LiveStream.Period <= TimeSpan.FromSeconds(1), "the other tabs show what the rows say at that moment");
    }

    [Fact]
    public async Task The_page_speaks_spanish_and_english_and_remembers_light_or_dark()
    {
        var page = await browser.OpenAsync(language: "es-AR");
        await granero.EnterAsync(page, "lottery");
        await Assertions.Expect(page.Locator("#tab-lottery")).ToHaveTextAsync("Lotería");
        await page.Keyboard.PressAsync("l");
        await Assertions.Expect(page.Locator("#tab-lottery")).ToHaveTextAsync("Lottery");
        await page.Keyboard.PressAsync("d");
        await page.ReloadAsync();
        await page.Locator("main .figures").WaitForAsync();
        Assert.Equal("dark", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await Assertions.Expect(page.Locator("#tab-lottery")).ToHaveTextAsync("Lottery");
    }

    [Fact]
    public async Task Both_languages_have_the_same_words()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync(new Uri(granero.Admin.Gateway.MainAddress, "/console/").ToString());
        var words = await page.EvaluateAsync<JsonElement>("import('/console/words.js').then(({ words }) => [Object.keys(words.en), Object.keys(words.es)])");
        var lists = words.EnumerateArray().Select(list => list.EnumerateArray().Select(word => word.GetString()).Order().ToArray()).ToArray();
        Assert.Equal(lists[0], lists[1]);
    }

    [Fact]
    public async Task The_api_page_shows_every_domain_without_a_request_elsewhere()
    {
        var page = await browser.OpenAsync();
        var faults = FaultsOf(page);
        await page.GotoAsync(new Uri(granero.Admin.Gateway.MainAddress, "/openapi/index.html").ToString());
        await page.Locator("#operations-tag-Lottery, #operations-tag-Operators").First.WaitForAsync();
        await Browser.KeepPictureAsync(page, "openapi");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task The_console_leads_to_Orleans_dashboard_which_loads_nothing_from_elsewhere()
    {
        var page = await browser.OpenAsync();
        await granero.EnterAsync(page, "cluster");
        var dashboard = await page.RunAndWaitForPopupAsync(() => page.Locator("main a.button").ClickAsync());
        var faults = FaultsOf(dashboard);
        await dashboard.ReloadAsync(); // from here on, all its faults are seen
        await dashboard.GetByText("Total Activations").First.WaitForAsync();
        await dashboard.GotoAsync(new Uri(granero.Admin.Gateway.MainAddress, "/admin/dashboard/#/grains").ToString());
        await dashboard.GetByText("AgencyGrain").First.WaitForAsync();
        await Browser.KeepPictureAsync(dashboard, "dashboard");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_lets_nobody_in()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync(new Uri(granero.Admin.Gateway.MainAddress, "/console/").ToString());
        await page.Locator("input[name=name]").FillAsync(AdminCluster.Operator);
        await page.Locator("input[name=password]").FillAsync("not this one");
        await page.Locator("button.main").ClickAsync();
        await Assertions.Expect(page.Locator("[role=alert]")).ToHaveTextAsync("There is no operator of that name with that password.");
        await Browser.KeepPictureAsync(page, "login");
    }

    [Fact]
    public async Task The_page_may_load_nothing_from_elsewhere()
    {
        using var stranger = granero.Admin.Stranger();
        using var response = await stranger.GetAsync(new Uri("/console/", UriKind.Relative), TestContext.Current.CancellationToken);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    private List<string> FaultsOf(IPage page)
    {
        var (faults, home) = (new List<string>(), granero.Admin.Gateway.MainAddress.ToString());
        page.Console += (_, message) =>
        {
            // The one that is meant: whether somebody is logged in already.
            if (message.Type is "error" or "warning" && !message.Text.Contains("401", StringComparison.Ordinal))
                faults.Add(message.Text);
        };
        page.PageError += (_, error) => faults.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(home, StringComparison.Ordinal))
                faults.Add(request.Url);
        };
        return faults;
    }
}
