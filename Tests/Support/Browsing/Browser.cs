using Microsoft.Playwright;
using Xunit;

namespace Granero.Tests.Support.Browsing;

/// <summary>
/// A headless Chromium of this machine, for all tests of the collection; none is downloaded. Without one the tests are skipped, loudly;
/// where CI is set they fail.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where pictures of the tests are kept.</summary>
    public static string Pictures => Path.Combine(AppContext.BaseDirectory, "pictures");

    private static string? Program => Environment.GetEnvironmentVariable("GRANERO_TEST_CHROMIUM") ?? Array.Find(Places, File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Program is not { } program)
            return; // a fixture cannot skip: the tests do, when they ask for a page
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A page with nothing in it and no past.</summary>
    internal async Task<IPage> OpenAsync(int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light, string language = "en-US")
    {
        if (_browser is null)
            throw PostgresServer.SkipOrFail("there is no chromium, so the console is not tested in a browser: apt-get install chromium, or name one in GRANERO_TEST_CHROMIUM");
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            Locale = language,
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(15_000);
        return await context.NewPageAsync();
    }

    internal static async Task KeepPictureAsync(IPage page, string name)
    {
        Directory.CreateDirectory(Pictures);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png") });
    }
}
