using System.Diagnostics;
using System.Globalization;

namespace Granero.Bench.Report;

/// <summary>How far something long has come, on the error output: a bar on a terminal, else a line every 5 s.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private const int Width = 30;

    private static readonly bool OnTerminal = !Console.IsErrorRedirected;

    private readonly string label;
    private readonly long total;
    private readonly Func<long> done;
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource ended = new();
    private readonly Task showing;

    public Progress(string label, long total, Func<long> done)
    {
        (this.label, this.total, this.done) = (label, total, done);
        showing = ShowAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await showing;
        ended.Dispose();
        if (OnTerminal) await Console.Error.WriteAsync("\r\e[K");
    }

    private async Task ShowAsync()
    {
        using var timer = new PeriodicTimer(OnTerminal ? TimeSpan.FromSeconds(0.25) : TimeSpan.FromSeconds(5));
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token)) Show();
        }
        catch (OperationCanceledException)
        {
            // What was to be shown is over.
        }
    }

    private void Show()
    {
        var count = done();
        var share = total == 0 ? 1 : (double)count / total;
        var rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        var figures = string.Create(CultureInfo.InvariantCulture, $"{share,4:P0}  {count:N0} of {total:N0}  {rate:N0}/s");
        if (!OnTerminal) Console.Error.WriteLine($"{label}: {figures.Trim()}");
        else Console.Error.Write($"\r\e[K{label,-24} [{new string('#', (int)(share * Width)).PadRight(Width, '.')}] {figures}");
    }
}
