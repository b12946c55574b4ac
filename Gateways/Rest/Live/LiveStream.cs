using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Operators;

namespace Granero.Gateways.Rest.Live;

/// <summary>
/// What an operator watches, by server-sent events: the whole picture once a second, by one call to a grain. An event
/// <c>unavailable</c> with a sentence comes in its place while the cluster cannot be asked.
/// </summary>
internal sealed class LiveStream(OperatorGate gate, ClusterLink link, TimeProvider time)
{
    private static readonly TimeSpan SessionEvery = TimeSpan.FromSeconds(15);

    /// <summary>For pictures that are true when they are taken.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <param name="http">The request, behind the gate.</param>
    /// <param name="name">Of the events.</param>
    /// <param name="look">The one call.</param>
    /// <param name="period">Between two pictures; <see cref="Period"/> unless given.</param>
    public IResult Of(HttpContext http, string name, Func<CancellationToken, Task<object>> look, TimeSpan? period = null)
    {
        http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy passes each event on at once
        return TypedResults.ServerSentEvents(PicturesAsync(http, name, look, period ?? Period, http.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<object>> PicturesAsync(
        HttpContext http, string name, Func<CancellationToken, Task<object>> look, TimeSpan period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = OperatorTokens.Of(http.Request);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, link.Stopping);
        using var timer = new PeriodicTimer(period, time);
        var checkedAt = time.GetTimestamp();
        while (true)
        {
            yield return await LookAsync(name, look, end.Token);
            if (!await NextAsync(timer, end.Token))
                yield break;
            if (time.GetElapsedTime(checkedAt) < SessionEvery)
                continue;
            if (!await HoldsAsync(token, end.Token))
                yield break;
            checkedAt = time.GetTimestamp();
        }
    }

    private async Task<SseItem<object>> LookAsync(string name, Func<CancellationToken, Task<object>> look, CancellationToken cancellationToken)
    {
        try
        {
            return new(await look(cancellationToken).WaitAsync(link.Interrupted), name);
        }
        catch (Exception failure)
        {
            return new(new Unavailable(Problems.Of(failure).Sentence), "unavailable");
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false; // the viewer has gone, or the gateway stops
        }
    }

    private async Task<bool> HoldsAsync(string? token, CancellationToken cancellationToken)
    {
        try
        {
            return (await gate.FindAsync(token, cancellationToken)).Session is not null;
        }
        catch (Exception)
        {
            return !cancellationToken.IsCancellationRequested; // the cluster is away, which the pictures say
        }
    }

    /// <summary>Why there is no picture.</summary>
    internal sealed record Unavailable(string Detail);
}
